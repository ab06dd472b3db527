package output

import (
	"bufio"
	"encoding/json"
	"io"
	"strings"

	"github.com/detlang/det/runtime"
)

var ocsfWriter = Writer{
	Name: "ocsf", Doc: "OCSF 1.3 Detection Finding (class 2004), one JSON object a line",
	Resumable: true,
	Open: func(w io.Writer, _ Options) (Sink, error) {
		b := bufio.NewWriter(w)
		enc := json.NewEncoder(b)
		enc.SetEscapeHTML(false)
		return &ocsf{b, enc}, nil
	},
}

type ocsf struct {
	w   *bufio.Writer
	enc *json.Encoder
}

// The classes and ids are those of schema.ocsf.io, version 1.3.0: class Detection
// Finding, category Findings, activity Create, status New, analytic of type Rule.
type finding struct {
	ActivityID   int            `json:"activity_id"`
	ActivityName string         `json:"activity_name"`
	CategoryName string         `json:"category_name"`
	CategoryUID  int            `json:"category_uid"`
	ClassName    string         `json:"class_name"`
	ClassUID     int            `json:"class_uid"`
	TypeUID      int            `json:"type_uid"`
	TypeName     string         `json:"type_name"`
	Time         int64          `json:"time"` // milliseconds
	StartTime    *int64         `json:"start_time,omitempty"`
	EndTime      *int64         `json:"end_time,omitempty"`
	Severity     string         `json:"severity"`
	SeverityID   int            `json:"severity_id"`
	Status       string         `json:"status"`
	StatusID     int            `json:"status_id"`
	Message      string         `json:"message"`
	FindingInfo  findingInfo    `json:"finding_info"`
	Evidences    []evidence     `json:"evidences,omitempty"`
	Observables  []observable   `json:"observables,omitempty"`
	RiskScore    *int           `json:"risk_score,omitempty"`
	Metadata     metadata       `json:"metadata"`
	Unmapped     map[string]any `json:"unmapped"`
}

type findingInfo struct {
	UID         string   `json:"uid"`
	Title       string   `json:"title"`
	CreatedTime int64    `json:"created_time"`
	Analytic    analytic `json:"analytic"`
	Attacks     []attack `json:"attacks,omitempty"`
}

type analytic struct {
	Name   string `json:"name"`
	UID    string `json:"uid,omitempty"`
	Type   string `json:"type"`
	TypeID int    `json:"type_id"`
}

type attack struct {
	Technique    *attackItem `json:"technique,omitempty"`
	SubTechnique *attackItem `json:"sub_technique,omitempty"`
	Tactic       *attackItem `json:"tactic,omitempty"`
	Version      string      `json:"version"`
}

type attackItem struct {
	UID string `json:"uid"`
}

type evidence struct {
	Data json.RawMessage `json:"data"`
}

type observable struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Type   string `json:"type"`
	TypeID int    `json:"type_id"`
}

type metadata struct {
	Version string  `json:"version"`
	UID     string  `json:"uid"`
	Product product `json:"product"`
}

type product struct {
	Name       string `json:"name"`
	VendorName string `json:"vendor_name"`
}

// severities are the ids of OCSF for our levels.
var severities = map[string]struct {
	id   int
	name string
}{
	"informational": {1, "Informational"}, "low": {2, "Low"}, "medium": {3, "Medium"}, "high": {4, "High"}, "critical": {5, "Critical"},
}

func (s *ocsf) Write(alerts []runtime.Alert) error {
	for i := range alerts {
		if err := s.enc.Encode(toFinding(&alerts[i])); err != nil {
			return err
		}
	}
	return nil
}

func (s *ocsf) Flush() error { return s.w.Flush() }

func (s *ocsf) Close() error { return s.Flush() }

// toFinding is an alert as a finding. What OCSF has no place for stands under
// unmapped, with the names that it has in our own JSON.
func toFinding(a *runtime.Alert) finding {
	sev, known := severities[a.Level]
	if !known {
		sev.name = "Unknown"
	}
	f := finding{
		ActivityID: 1, ActivityName: "Create", CategoryName: "Findings", CategoryUID: 2,
		ClassName: "Detection Finding", ClassUID: 2004, TypeUID: 200401, TypeName: "Detection Finding: Create",
		Time: millis(a.Time), Severity: sev.name, SeverityID: sev.id, Status: "New", StatusID: 1, Message: a.Title,
		FindingInfo: findingInfo{
			UID: a.ID, Title: a.Title, CreatedTime: millis(a.Time),
			Analytic: analytic{Name: a.Rule, UID: a.RuleID, Type: "Rule", TypeID: 1},
		},
		Metadata: metadata{Version: "1.3.0", UID: a.ID, Product: product{Name: "det", VendorName: "detlang"}},
		Unmapped: map[string]any{
			"keys": json.RawMessage(appendNamed(nil, a.Keys)), "values": json.RawMessage(appendNamed(nil, a.Values)),
			"suppressed": a.Suppressed, "partial": a.Partial,
		},
	}
	if a.HasWindow {
		start, end := millis(a.WindowStart), millis(a.WindowEnd)
		f.StartTime, f.EndTime = &start, &end
	}
	for _, id := range a.Attack {
		f.FindingInfo.Attacks = append(f.FindingInfo.Attacks, toAttack(id))
	}
	for i := range a.Evidence {
		f.Evidences = append(f.Evidences, evidence{AppendEvent(nil, &a.Evidence[i])})
	}
	for _, k := range a.Keys {
		if k.Value != nil {
			o := observable{Name: k.Name, Value: runtime.FormatValue(k.Value, k.Kind), Type: "Other", TypeID: 99}
			if k.Kind.String() == "ip" {
				o.Type, o.TypeID = "IP Address", 2
			}
			f.Observables = append(f.Observables, o)
		}
	}
	if len(a.Risk) > 0 {
		total := 0.0
		var list []json.RawMessage
		for i := range a.Risk {
			total += a.Risk[i].Score
			list = append(list, appendRisk(nil, &a.Risk[i]))
		}
		score := int(total)
		f.RiskScore, f.Unmapped["risk"] = &score, list
	}
	return f
}

func toAttack(id string) attack {
	out := attack{Version: "15"}
	technique, _, sub := strings.Cut(id, ".")
	switch {
	case strings.HasPrefix(id, "TA"):
		out.Tactic = &attackItem{id}
	case sub:
		out.Technique, out.SubTechnique = &attackItem{technique}, &attackItem{id}
	default:
		out.Technique = &attackItem{id}
	}
	return out
}

// millis is a time in milliseconds, as OCSF has it, rounded down.
func millis(micros int64) int64 {
	ms := micros / 1000
	if micros%1000 < 0 {
		ms--
	}
	return ms
}
