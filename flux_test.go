package det_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/detlang/det/runtime"
)

// fluxCase says in the language what a case of the flux suite asks for, and which
// columns of its expected table are held against what of an alert: a key, a value,
// a field of the event, or start, end and time. The columns that stay out say by
// what range and from where the query read, or carry labels along.
type fluxCase struct {
	file    string // without _test.flux
	value   string // type of the column _value; float unless given
	until   string // the end of the query's range
	columns string // "expected=ours …"
	rule    string // behind from
}

var fluxCases = []fluxCase{
	// Aggregates over everything.
	{"experimental/count", "string", "", "_field=field _value=n", `window all by field { n = count() } when n > 0`},
	{"experimental/mean", "float", "", "_field=field _value=m", `window all by field { m = avg(value) } when m > -1e9`},
	{"universe/mean", "float", "", "_field=field _value=m", `window all by field { m = avg(value) } when m > -1e9`},
	{"experimental/spread", "float", "", "_field=field _value=width", `window all by field { width = max(value) - min(value) } when width >= 0`},
	{"universe/spread", "float", "", "_field=field _value=width", `window all by field { width = max(value) - min(value) } when width >= 0`},
	{"experimental/last", "float", "", "_field=field _time=newest _value=v", `window all by field { newest = last(time), v = last(value) } when v > -1e9`},
	{"experimental/max", "float", "", "_field=field _value=v", `window all by field { v = max(value) } when v > -1e9`},
	{"experimental/distinct", "int", "", "host=host name=name _value=value", `window all by host, name, value { n = count() } when n > 0`},
	{"testing/influxql/selector", "float", "", "max=v", `window all { v = max(value) } when v > 0`},
	{"universe/mode_string", "string", "", "_field=field _value=v", `window all by field { v = mode(value) } when v != ""`},
	{"universe/median_column", "float", "", "_field=field count=v", `window all by field { v = percentile(value, 50) } when v > 0`},
	{"universe/quantile_aggregate", "float", "", "_value=v", `window all { v = percentile(value, 75) } when v > 0`},
	{"universe/max_time", "float", "", "_field=field _time=newest _value=v", `window all by field { newest = max(time), v = last(value) } when v > -1e9`},
	{"universe/median", "float", "", "t0=t0 _value=v", `window all by t0 { v = percentile(value, 50) } when v > 0`},
	{"universe/filter_drop_empty", "int", "", "name=name _value=n", `where name == "disk0" window all by name { n = count() } when n > 0`},
	{"experimental/group", "int", "", "name=name _value=v", `window all by name { v = max(value) } when v > 0`},
	{"universe/group_except", "int", "", "name=name _value=v", `window all by name { v = max(value) } when v > 0`},
	{"influxdata/influxdb/monitor/deadman_add", "int", "", "_field=field _time=newest _value=v dead=dead",
		`where time >= 2018-05-22T15:00:00Z window all by field { newest = last(time), v = last(value) } let dead = if(newest < 2018-05-22T19:00:00Z, "true", "false") when v > 0 and dead != ""`},

	// Windows.
	{"testing/chronograf/aggregate_window_mean", "float", "", "device=disk _time=end _value=m", `where host == "host.remote" window 30s by disk = coalesce(device, "") { m = avg(value) } when m > 0`},
	{"universe/aggregate_window_median", "float", "", "t0=t0 _time=end _value=v", `window 30s by t0 { v = percentile(value, 50) } when v > -1e9`},
	{"testing/influxql/aggregate_group_by_time", "float", "1970-01-02T01:00:00Z", "time=start sum=v", `window 5h empty { n = count(), total = sum(value) } let v = if(n > 0, total, null) when n >= 0 and (v is null or v > 0)`},
	{"universe/aggregate_empty_window_count", "float", "2018-05-22T19:55:00Z", "_field=field _time=end _value=n", `window 30s by field empty { n = count() } when n >= 0`},
	{"universe/aggregate_empty_window_last", "float", "2018-05-22T19:55:00Z", "_field=field _time=end _value=v", `window 30s by field empty { n = count(), v = last(value) } when n >= 0 and (v is null or v > -1e9)`},
	{"universe/aggregate_empty_window_max", "float", "2018-05-22T19:55:00Z", "_field=field _time=end _value=v", `window 30s by field empty { n = count(), v = max(value) } when n >= 0 and (v is null or v > -1e9)`},
	{"universe/window_group_mean_ungroup", "int", "", "_start=start _stop=end name=name _value=m", `window 1s by name { m = avg(value) } when m > 0`},

	// Functions of one row.
	{"testing/promql/dayOfMonth", "float", "", "_time=time _value=x", `let x = day_of_month(time) when x > 0`},
	{"testing/promql/daysInMonth", "float", "", "_time=time _value=x", `let x = 32 - day_of_month(truncate(time, "month") + 31d) when x > 0`},
	{"testing/promql/hour", "float", "", "_time=time _value=x", `let x = hour(time) when x >= 0`},
	{"testing/promql/year", "float", "", "_time=time _value=x", `let x = year(time) when x > 0`},
	{"testing/promql/timestamp", "float", "", "_time=time _value=x", `let x = seconds(time - 1970-01-01T00:00:00Z) when x > 0`},
	{"testing/pandas/count_string_countStr", "string", "", "_time=time _value=value count=n", `let n = count_of(value, "k") when n >= 0 and value != ""`},
	{"testing/kapacitor/eval_map_with", "int", "", "_time=time _value=value _newValue=x", `let x = value * 2 when x > 0`},
	{"universe/map", "int", "", "newValue=x", `let x = float(value) when x > 0`},
	{"universe/math_fn_constant", "float", "", "_time=time diameter=value circumference=c", `let c = 3.141592653589793 * value when c > 0`},
	{"universe/multiple_range", "float", "", "_time=time _value=value", `when time >= 2018-05-22T19:54:06Z and time < 2018-05-22T19:54:16Z and value >= 0`},
	{"universe/universe_truncateTimeColumn", "int", "", "_time=hour _value=value", `let hour = truncate(time, "hour") when hour > 2018-01-01 and value > 0`},
}

// fluxLacks are the cases that the language has no operation for, by the reason.
var fluxLacks = []struct{ why, files string }{
	{"no geometry", `experimental/geo/filterRowsNotStrict experimental/geo/filterRowsPivoted experimental/geo/gridFilter experimental/geo/groupByArea
		experimental/geo/st_contains_linestring experimental/geo/st_distance_linestring experimental/geo/st_distance experimental/geo/st_dwithin_linestring
		experimental/geo/st_dwithin experimental/geo/strictFilter experimental/geo/units_miles`},
	{"no joins of streams with each other, and no unions of tables within a rule", `experimental/join_right_side_more_cols experimental/join internal/promql/join
		universe/join_across_measurements universe/join_agg universe/join universe/join_use_previous universe/union_heterogeneous universe/union universe/dynamic_query`},
	{"nothing reads the row before this one: running sums, differences, elapsed time, changes of a state", `contrib/tomhollingworth/events/duration_with_stop
		testing/influxql/elapsed universe/cumulative_sum universe/difference_columns universe/difference_nonnegative universe/difference universe/math_m_max
		influxdata/influxdb/monitor/state_changes_any_to_any influxdata/influxdb/monitor/state_changes_big_info_to_ok
		influxdata/influxdb/monitor/state_changes_invalid_any_to_any influxdata/influxdb/monitor/state_changes experimental/oee/apq`},
	{"no forecasts and no indicators of trading", `testing/promql/holtWinters universe/holt_winters testing/promql/linearRegression_nopredict testing/promql/linearRegression_predict
		testing/promql/extrapolatedRate_counter_rate universe/cmo universe/double_exponential_moving_average universe/triple_exponential_moving_average universe/kama universe/kama_v2
		universe/integral universe/time_weighted_avg`},
	{"no statistics of two columns", `universe/cov universe/covariance`},
	{"no quantiles of histograms, and no rows made of the classes of one", `experimental/histogram testing/prometheus/histogramQuantile universe/histogram_quantile`},
	{"percentiles are linear between the closest ranks: none that selects a row, none by a t-digest", `experimental/quantile universe/quantile universe/quantile_defaults
		universe/median_method universe/median_compression`},
	{"mode gives one value, not all that tie", `experimental/mode universe/mode`},
	{"rows have the order of time, not that of a table, and no rank among others", `experimental/unique universe/unique universe/limit_offset universe/limit universe/tail_offset
		universe/sample universe/highestAverage universe/lowestAverage universe/selector_preserve_time`},
	{"windows are aligned to the epoch or a zone, without another offset, and give a row each instead of those in them", `universe/aggregate_window__offset universe/window_start_bound universe/window_null`},
	{"a key that a filter took away whole is not known, so it has no count of 0", `universe/filter_mixed_empty`},
	{"of the query language itself: dictionaries, secrets, renaming, catalogues of columns, several types in one", `dict/dict_lit_lambda dict/dict_lit dict/dict dict/empty_dict_lit
		http/http_path_encode_endpoint influxdata/influxdb/sample/alignToNow influxdata/influxdb/schema/influxFieldsAsCols influxdata/influxdb/schema/influxRawQuery
		influxdata/influxdb/secrets/secrets testing/kapacitor/noop_yield universe/rename_fn universe/show_all_tag_keys universe/table_fns_findcolumn_map
		universe/table_fns_findrecord_map universe/to_convert`},
	{"the case does not tell the pattern that was asked for", `testing/influxql/filter_by_regex_tag testing/promql/labelReplace_empty_dst testing/promql/labelReplace_full_string_match
		testing/promql/labelReplace_multiple_groups testing/promql/labelReplace_sub_string_match`},
	{"the case does not tell the report that was asked for", `testing/usage/api testing/usage/duration testing/usage/reads testing/usage/storage testing/usage/writes`},
}

// fluxTable is a table as the suite writes it. What has no header of its own came
// behind another table and its first row stands in place of one.
type fluxTable struct {
	Cols []string   `json:"cols"`
	Rows [][]string `json:"rows"`
}

type fluxRecord struct {
	File     string      `json:"file"`
	Op       string      `json:"op"`
	Input    []fluxTable `json:"input"`
	Expected []fluxTable `json:"expected"`
}

// TestFlux asks the questions of the flux suite in the language. Every case of the
// suite is either in fluxCases or in fluxLacks, with the reason.
func TestFlux(t *testing.T) {
	records := fluxRecords(t, filepath.Join(sharedData(t), "flux", "tests.jsonl"))
	for _, c := range fluxCases {
		t.Run(c.file, func(t *testing.T) {
			rec, ok := records[c.file]
			if !ok {
				t.Fatal("the suite has no such case")
			}
			rec.hold(t, c)
		})
		delete(records, c.file)
	}
	for _, l := range fluxLacks {
		for _, f := range strings.Fields(l.files) {
			if _, ok := records[f]; !ok {
				t.Errorf("%s: the suite has no such case, or it is in two places", f)
			}
			delete(records, f)
		}
	}
	for f := range records {
		t.Errorf("%s is neither asked nor left out with a reason", f)
	}
}

func fluxRecords(t *testing.T, path string) map[string]fluxRecord {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]fluxRecord{}
	for line := range bytes.Lines(data) {
		var r fluxRecord
		if err := json.Unmarshal(line, &r); err != nil {
			t.Fatal(err)
		}
		all[strings.TrimSuffix(r.File, "_test.flux")] = r
	}
	return all
}

// hold runs a case and compares the tables as sets of rows.
func (r fluxRecord) hold(t *testing.T, c fluxCase) {
	t.Helper()
	shift := time.Duration(0)
	in := fluxRows(r.Input)
	if slices.ContainsFunc(in, func(row map[string]string) bool { return strings.HasPrefix(row["_time"], "1970") }) {
		shift = 300_000 * time.Hour // events of 1970 are set aside as those of a stopped clock
	}
	names := fluxColumns(r.Input)
	value := c.value
	if value == "" {
		value = "float"
	}
	var rules, events strings.Builder
	rules.WriteString("schema point {\n  time timestamp\n  value " + value + "\n")
	header := []string{"time", "value"}
	for _, n := range names {
		if n != "_time" && n != "_value" {
			header = append(header, strings.TrimPrefix(n, "_"))
			fmt.Fprintf(&rules, "  `%s` string\n", strings.TrimPrefix(n, "_"))
		}
	}
	rules.WriteString("}\nrule asked {\n  from point\n  " + c.rule + "\n}\n")
	w := csv.NewWriter(&events)
	w.Write(header)
	for _, row := range in {
		line := []string{fluxTime(t, row["_time"], shift), row["_value"]}
		for _, n := range names {
			if n != "_time" && n != "_value" {
				line = append(line, row[n])
			}
		}
		w.Write(line)
	}
	w.Flush()
	s := scene{rules: rules.String()}
	if c.until != "" {
		until, err := time.Parse(time.RFC3339, c.until)
		if err != nil {
			t.Fatal(err)
		}
		s.opts.Until = until.Add(shift)
	}
	got := s.run(t, input{"point.csv", []byte(events.String())})
	if got.err != nil {
		t.Fatal(got.err)
	}
	var have, want []string
	pairs := strings.Fields(c.columns)
	for _, a := range got.alerts {
		var row []string
		for _, p := range pairs {
			_, name, _ := strings.Cut(p, "=")
			row = append(row, fluxValue(fluxField(a, name), shift))
		}
		have = append(have, strings.Join(row, " "))
	}
	for _, e := range fluxRows(r.Expected) {
		var row []string
		for _, p := range pairs {
			name, _, _ := strings.Cut(p, "=")
			row = append(row, fluxValue(e[name], 0))
		}
		want = append(want, strings.Join(row, " "))
	}
	slices.Sort(have)
	slices.Sort(want)
	if !slices.Equal(have, want) {
		t.Errorf("%s\nhave:\n%s\nwant:\n%s", c.rule, strings.Join(have, "\n"), strings.Join(want, "\n"))
	}
}

// fluxRows are the rows of tables under the names of their columns.
func fluxRows(tables []fluxTable) []map[string]string {
	var out []map[string]string
	var cols []string
	for _, table := range tables {
		rows := table.Rows
		if slices.Contains(table.Cols, "table") || slices.Contains(table.Cols, "result") {
			cols = table.Cols
		} else {
			rows = append([][]string{table.Cols}, rows...)
		}
		for _, r := range rows {
			m := map[string]string{}
			for i, v := range r {
				if i < len(cols) {
					m[cols[i]] = v
				}
			}
			out = append(out, m)
		}
	}
	return out
}

// fluxColumns are the columns of tables that hold data, in order of appearance.
func fluxColumns(tables []fluxTable) []string {
	var names []string
	for _, table := range tables {
		if !slices.Contains(table.Cols, "table") {
			continue
		}
		for _, c := range table.Cols {
			if c != "" && c != "result" && c != "table" && !slices.Contains(names, c) {
				names = append(names, c)
			}
		}
	}
	return names
}

func fluxTime(t *testing.T, s string, shift time.Duration) string {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		t.Fatal(err)
	}
	return at.Add(shift).Format(time.RFC3339Nano)
}

// fluxField is what an alert shows under a name.
func fluxField(a runtime.Alert, name string) any {
	switch name {
	case "start":
		return time.UnixMicro(a.WindowStart)
	case "end":
		return time.UnixMicro(a.WindowEnd)
	case "time":
		return time.UnixMicro(a.Time)
	}
	lists := [][]runtime.Named{a.Values, a.Keys}
	if len(a.Evidence) > 0 {
		lists = append(lists, a.Evidence[0].Fields)
	}
	for _, list := range lists {
		for _, n := range list {
			if n.Name != name {
				continue
			}
			if us, ok := n.Value.(int64); ok && runtime.FormatValue(n.Value, n.Kind) != strconv.FormatInt(us, 10) {
				return time.UnixMicro(us)
			}
			return n.Value
		}
	}
	return nil
}

// fluxValue is a value in a form in which equal ones are equal: numbers with twelve
// digits, times without the shift, nothing for what is missing.
func fluxValue(v any, shift time.Duration) string {
	switch v := v.(type) {
	case nil:
		return "-"
	case time.Time:
		return v.Add(-shift).UTC().Format(time.RFC3339Nano)
	case string:
		if v == "" {
			return "-"
		}
		if at, err := time.Parse(time.RFC3339Nano, v); err == nil {
			return at.UTC().Format(time.RFC3339Nano)
		}
		if x, err := strconv.ParseFloat(v, 64); err == nil {
			return fluxValue(x, 0)
		}
		return v
	case int64:
		return fluxValue(float64(v), 0)
	case float64:
		if math.Abs(v) < 1e-12 {
			v = 0
		}
		return strconv.FormatFloat(v, 'g', 12, 64)
	}
	return fmt.Sprint(v)
}
