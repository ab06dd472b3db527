package input

import "strings"

// Events of Windows have their values in two sections: System, which is alike in
// all events, and the data of the event, EventData or UserData. Rules name them
// without the section; where both have a name, System has it.

// systemNames are the values of System whose name is made of an element and an
// attribute, and the names that they also go by.
var systemNames = map[string][]string{
	"TimeCreated_SystemTime":        {"TimeCreated", "SystemTime", "time"},
	"Execution_ProcessID":           {"ProcessID"},
	"Execution_ThreadID":            {"ThreadID"},
	"Security_UserID":               {"UserID"},
	"Correlation_ActivityID":        {"ActivityID"},
	"Correlation_RelatedActivityID": {"RelatedActivityID"},
	"EventID_Qualifiers":            {"Qualifiers"},
}

// windowsName is the name that a path means in an event of Windows: that of a
// value, or a section, a dot and that of a value. The path may be one of the XML
// as JSON: Event.System.Provider.#attributes.Name is System.Provider_Name, and
// Event.UserData.LogFileCleared.Channel is UserData.Channel.
func windowsName(path []string) string {
	if len(path) > 1 && path[0] == "Event" {
		path = path[1:]
	}
	if len(path) == 1 {
		return path[0]
	}
	switch path[0] {
	case "EventData", "UserData":
		return path[0] + "." + path[len(path)-1]
	case "System":
		var parts []string
		for _, p := range path[1:] {
			if p != "#attributes" && p != "#text" {
				parts = append(parts, strings.TrimPrefix(p, "@"))
			}
		}
		return "System." + strings.Join(parts, "_")
	}
	return joined(path)
}

// withoutSpaces is a name as rules write it: Threat Name is ThreatName.
func withoutSpaces(name string) string { return strings.ReplaceAll(name, " ", "") }
