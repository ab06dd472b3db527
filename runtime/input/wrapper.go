package input

import (
	"bytes"
	"strings"
)

// Events of some sources have their fields not at the first level of the object but
// in objects inside of it, which rules do not name. So a path of one name is looked
// for at the first level, then in these objects, in this order.
var wrappers = []struct {
	doc    string
	path   string // * is anyName
	system bool   // see scope
}{
	{"Windows, XML as JSON", "Event.System", true},
	{"", "Event.EventData", false},
	{"", "Event.UserData.*", false},
	{"the same without the outermost element", "System", true},
	{"", "EventData", false},
	{"", "UserData.*", false},
	{"Winlogbeat", "winlog.event_data", false},
	{"", "winlog.user_data", false},
}

// anyName stands for all names that are not among the fields of a node.
const anyName = "*"

// otherPaths are where Winlogbeat has the fields of System, looked at last.
var otherPaths = map[string][]string{
	"EventID":       {"winlog.event_id"},
	"Channel":       {"winlog.channel"},
	"Computer":      {"winlog.computer_name"},
	"Provider_Name": {"winlog.provider_name"},
	"Provider_Guid": {"winlog.provider_guid"},
	"EventRecordID": {"winlog.record_id"},
	"Version":       {"winlog.version"},
	"Task":          {"winlog.task"},
	"Opcode":        {"winlog.opcode"},
	"Keywords":      {"winlog.keywords"},
	"UserID":        {"winlog.user.identifier"},
	"ProcessID":     {"winlog.process.pid"},
	"ThreadID":      {"winlog.process.thread.id"},
	"ActivityID":    {"winlog.activity_id"},
	"TimeCreated":   {"@timestamp"},
	"SystemTime":    {"@timestamp"},
}

// The ranks of the places of one path.
const (
	rankOutside  = 1   // of what an envelope wraps
	rankShort    = 2   // at the first level, without its spaces
	rankWrappers = 10  // two for each wrapper
	rankOther    = 100 // as in otherPaths
	ranksOfPath  = 1_000
)

// scope says that the fields of an object are looked up among the paths of one
// name. Nodes for them are made when such a field is first met, so that wrappers
// cost nothing where there are none.
type scope struct {
	rank   int
	short  bool // only names that have spaces
	system bool // names are made of elements and attributes, as Provider_Name is
	// element is the name of the element, in system, whose attributes these are. They
	// may stand in an object of their own.
	element   string
	attribute bool
}

// wrap lets paths of one name be found in wrappers below a node.
func (p *projection) wrap(root *node, names map[string][]owner) {
	for i, w := range wrappers {
		if len(names) == 0 && root.at(w.path) == nil {
			continue
		}
		n := root
		for _, name := range strings.Split(w.path, ".") {
			n = n.child(name)
		}
		if n.deep = true; len(names) > 0 {
			n.scope = &scope{rank: rankWrappers + 2*i, system: w.system}
		}
		if strings.HasSuffix(w.path, "EventData") {
			data := n.child("Data")
			data.pairs, data.deep = n, true
		}
	}
	if len(names) > 0 {
		root.scope = &scope{rank: rankShort, short: true}
	}
	for name, owners := range names {
		for i, path := range otherPaths[name] {
			for _, o := range owners {
				p.want(root, strings.Split(path, "."), o.after(rankOther+i))
			}
		}
	}
}

// at is the node at a path, nil if there is none.
func (n *node) at(path string) *node {
	for _, name := range strings.Split(path, ".") {
		if n = n.kids[name]; n == nil {
			break
		}
	}
	return n
}

// kid is the node of a field of an object, nil if it is not wanted.
func (p *projection) kid(n *node, name []byte) *node {
	kid := n.kids[string(name)]
	if n.scope != nil && (kid == nil || !kid.adopted) {
		kid = p.adopt(n, kid, string(name))
	}
	if kid == nil {
		kid = p.dotted(n, name)
	}
	if kid == nil {
		kid = n.kids[anyName]
	}
	return kid
}

// dotted is the node of a field whose name is a whole path, as in objects that were
// flattened: {"winlog.channel": "Security"}; nil if it is not wanted.
func (p *projection) dotted(n *node, name []byte) *node {
	first, rest, found := bytes.Cut(name, []byte{'.'})
	if !found || len(first) == 0 {
		return nil
	}
	if n = n.kids[string(first)]; n == nil {
		return nil
	}
	return p.kid(n, rest)
}

// adopt is kid for a field that was not met before in a scope; kid is its node if it
// has one.
func (p *projection) adopt(n, kid *node, name string) *node {
	s := *n.scope
	if p.adopted >= maxFields {
		return kid
	}
	attributes := s.element != "" && !s.attribute && name == "#attributes"
	inside := attributes || s.system && s.element == "" && p.elements[name]
	owners := p.ownersIn(s, name)
	if len(owners) == 0 && !inside {
		return kid
	}
	p.adopted++
	kid = n.child(name)
	kid.adopted = true
	for _, o := range owners {
		p.give(kid, o)
	}
	switch {
	case attributes:
		s.attribute = true
		kid.scope, kid.deep = &s, true
	case inside:
		s.element = name
		kid.scope, kid.deep = &s, true
	}
	// An element that has attributes has its text in a member of its own.
	if !s.short && len(owners) > 0 {
		for _, text := range []string{"#text", "Value"} {
			t := kid.child(text)
			t.cells, t.lists, t.adopted = kid.cells, kid.lists, true
		}
	}
	return kid
}

// ownersIn are the columns that a field of a scope may give its value to.
func (p *projection) ownersIn(s scope, name string) []owner {
	var out []owner
	add := func(name string, rank int) {
		for _, o := range p.names[name] {
			out = append(out, o.after(rank))
		}
	}
	switch {
	case s.system:
		if name = strings.TrimPrefix(name, "@"); s.element != "" {
			name = s.element + "_" + name
		}
		add(name, s.rank)
		for _, other := range systemNames[name] {
			add(other, s.rank)
		}
		return out
	case !s.short:
		add(name, s.rank)
	}
	if short := withoutSpaces(name); len(out) == 0 && short != name {
		add(short, s.rank+1)
	}
	return out
}

// elementsOf are the elements of System that have attributes that are wanted.
func elementsOf(names map[string][]owner) map[string]bool {
	elements := map[string]bool{}
	for name := range names {
		if element, _, ok := strings.Cut(name, "_"); ok {
			elements[element] = true
		}
	}
	for name, others := range systemNames {
		for _, other := range others {
			if names[other] != nil {
				element, _, _ := strings.Cut(name, "_")
				elements[element] = true
			}
		}
	}
	return elements
}
