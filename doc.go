// Package det compiles detection rules and runs them over Arrow record batches.
//
// A rule set is compiled once and run by any number of engines:
//
//	rules, err := det.Compile("rules/")
//	engine, err := rules.NewEngine(det.EngineOptions{
//		Lateness: 5 * time.Minute,
//		Alerts:   func(rec arrow.Record) error { … },
//	})
//	for … {
//		err = engine.Push("web_access", rec)
//	}
//	err = engine.Flush()
//
// Run reads files and does the rest itself; the command det is a thin layer over
// it. Nothing here is global: engines do not know of each other.
package det
