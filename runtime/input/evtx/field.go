package evtx

// Field names a place in an event: the section, which is the element below Event,
// and a name in it.
//
// The name is that of the element that holds the value: EventID, Channel; for
// attributes it is followed by theirs: Provider_Name, TimeCreated_SystemTime,
// EventData_Name. An element Data (or ComplexData) with an attribute Name has its
// value as name: Image; without, it is Data. Elements below others go by their own
// name alone, as the parameters of user data do: what wraps them has no values.
type Field struct {
	Section string // System, EventData, UserData, or another
	Name    string
}

// Select gives the number, from 0, under which a field is wanted, or -1.
type Select func(Field) int

// context is the element in which binary XML stands.
type place struct {
	depth   int // of the element; 0 is outside of all
	section string
	element string
}

// into is the place inside an element.
func (p place) into(element string) place {
	p.depth++
	p.element = element
	if p.depth == 2 {
		p.section = element
	}
	return p
}

// named reports whether a name in an attribute stands for that of the element.
func (p place) named() bool {
	return p.depth > 2 && (p.element == "Data" || p.element == "ComplexData")
}
