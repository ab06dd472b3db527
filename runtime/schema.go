package runtime

import "github.com/apache/arrow/go/v17/arrow"

// named is the Arrow form of an object whose names are known only at run time:
// kind is the language's name of the type, value the text of the value (numbers
// and booleans as in JSON, timestamps in RFC 3339, lists as JSON).
var named = arrow.ListOf(arrow.StructOf(
	arrow.Field{Name: "name", Type: arrow.BinaryTypes.String},
	arrow.Field{Name: "kind", Type: arrow.BinaryTypes.String},
	arrow.Field{Name: "value", Type: arrow.BinaryTypes.String, Nullable: true},
))

var micros = &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}

// AlertSchema is the Arrow schema of alerts, column by column the fields of Alert.
func AlertSchema() *arrow.Schema {
	return arrow.NewSchema([]arrow.Field{
		{Name: "id", Type: arrow.BinaryTypes.String},
		{Name: "rule", Type: arrow.BinaryTypes.String},
		{Name: "rule_id", Type: arrow.BinaryTypes.String},
		{Name: "level", Type: arrow.BinaryTypes.String},
		{Name: "title", Type: arrow.BinaryTypes.String},
		{Name: "time", Type: micros},
		{Name: "window_start", Type: micros, Nullable: true},
		{Name: "window_end", Type: micros, Nullable: true},
		{Name: "keys", Type: named},
		{Name: "values", Type: named},
		{Name: "evidence", Type: arrow.ListOf(arrow.StructOf(
			arrow.Field{Name: "source", Type: arrow.BinaryTypes.String},
			arrow.Field{Name: "row", Type: arrow.PrimitiveTypes.Int64},
			arrow.Field{Name: "time", Type: micros},
			arrow.Field{Name: "fields", Type: named},
		))},
		{Name: "attack", Type: arrow.ListOf(arrow.BinaryTypes.String)},
		{Name: "risk", Type: arrow.ListOf(arrow.StructOf(
			arrow.Field{Name: "entity_type", Type: arrow.BinaryTypes.String},
			arrow.Field{Name: "entity", Type: arrow.BinaryTypes.String},
			arrow.Field{Name: "score", Type: arrow.PrimitiveTypes.Float64},
			arrow.Field{Name: "category", Type: arrow.BinaryTypes.String},
			arrow.Field{Name: "stage", Type: arrow.BinaryTypes.String},
		))},
		{Name: "suppressed", Type: arrow.PrimitiveTypes.Int64},
		{Name: "partial", Type: arrow.FixedWidthTypes.Boolean},
	}, nil)
}
