package main

// question asks the same of both sides: a rule, and the SQL over {auth} whose rows
// are the alerts that the rule gives.
type question struct {
	name string
	rule string
	sql  string
	// alerts, where it is not empty, is the SQL that gives the alerts: for rules that
	// do more than what sql, the statement that is timed, asks of the other side.
	alerts string
}

var questions = []question{
	{
		name: "pattern, counted",
		rule: `
  where virus_category == "trojan"
  window all evidence 0 { n = count(), oldest = min(ts), newest = max(ts) }
  when n > 0`,
		sql: `SELECT count(*) AS n, min(ts) AS oldest, max(ts) AS newest FROM {auth} WHERE virus_category = 'trojan'`,
	},
	{
		name: "pattern, 0.1 % returned",
		rule: `
  title "{login_id} on {device}"
  when virus_category == "trojan" and login_id is not null and device is not null`,
		sql: `SELECT ts, login_id, device FROM {auth} WHERE virus_category = 'trojan' AND login_id IS NOT NULL AND device IS NOT NULL`,
	},
	{
		name: "count by device",
		rule: `
  window all by device evidence 0 { n = count() }
  when n > 24`,
		sql: `SELECT device, count(*) AS n FROM {auth} GROUP BY device HAVING count(*) > 24`,
	},
	{
		name: "daily count by device",
		rule: `
  window 1d by device evidence 0 { n = count() }
  when n > 3`,
		sql: `SELECT device, time_bucket(INTERVAL 1 DAY, ts) AS day, count(*) AS n FROM {auth} GROUP BY ALL HAVING count(*) > 3`,
	},
	{
		// Every hour with failures is held against all hours before it since the
		// first failure, hours without failures included as zero.
		name: "hourly z-score by login",
		rule: `
  where outcome in ["DENIED", "BLOCKED"]
  window 1h by login_id evidence 0 { failed = count() }
  baseline usual of failed over 90d min 24 floor 0.001
  when zscore(failed, usual) > 3 and failed >= 4`,
		sql: `WITH hourly AS (
  SELECT login_id, epoch(time_bucket(INTERVAL 1 HOUR, ts))::BIGINT // 3600 AS hour, count(*) AS failed
  FROM {auth} WHERE outcome IN ('DENIED', 'BLOCKED') GROUP BY ALL),
past AS (
  SELECT *, hour - first_value(hour) OVER w AS n,
    coalesce(sum(failed) OVER b, 0) AS s, coalesce(sum(failed * failed) OVER b, 0) AS q
  FROM hourly
  WINDOW w AS (PARTITION BY login_id ORDER BY hour),
    b AS (PARTITION BY login_id ORDER BY hour ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING))
SELECT login_id, hour FROM past
WHERE n >= 24 AND failed >= 4
  AND (failed - s / n) / greatest(sqrt((q - s * s / n) / (n - 1)), 0.001) > 3`,
	},
	{
		name: "90-day trend by login",
		rule: `
  where outcome == "DENIED"
  window 1d by login_id evidence 0 { denied = count() }
  baseline usual of denied over 90d min 7
  when denied > 4 * usual.mean and denied >= 10`,
		sql: `WITH daily AS (
  SELECT login_id, epoch(time_bucket(INTERVAL 1 DAY, ts))::BIGINT // 86400 AS day, count(*) AS denied
  FROM {auth} WHERE outcome = 'DENIED' GROUP BY ALL),
past AS (
  SELECT *, day - first_value(day) OVER w AS n, coalesce(sum(denied) OVER b, 0) AS s
  FROM daily
  WINDOW w AS (PARTITION BY login_id ORDER BY day),
    b AS (PARTITION BY login_id ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING))
SELECT login_id, day FROM past WHERE n >= 7 AND denied >= 10 AND denied > 4 * s / n`,
	},
	{
		name: "tumbling 30 min by address",
		rule: `
  where http_method == "GET"
  window 30m by ip evidence 0 { n = count() }
  when n > 6`,
		sql: `SELECT ip, time_bucket(INTERVAL 30 MINUTE, ts) AS w, count(*) AS n FROM {auth} WHERE http_method = 'GET' GROUP BY ALL HAVING count(*) > 6`,
	},
	{
		// The panes of 5 minutes are counted first, which is the faster way for SQL.
		name: "hopping 30 min by address",
		rule: `
  where http_method == "GET"
  window 30m every 5m by ip evidence 0 { n = count() }
  when n > 7`,
		sql: `WITH panes AS (
  SELECT ip, time_bucket(INTERVAL 5 MINUTE, ts) AS pane, count(*) AS n FROM {auth} WHERE http_method = 'GET' GROUP BY ALL),
hops AS (SELECT ip, pane + unnest([INTERVAL 0 MINUTE, INTERVAL 5 MINUTE, INTERVAL 10 MINUTE, INTERVAL 15 MINUTE, INTERVAL 20 MINUTE, INTERVAL 25 MINUTE]) AS w, n FROM panes)
SELECT ip, w, sum(n) AS n FROM hops GROUP BY ip, w HAVING sum(n) > 7`,
	},
	{
		// A rule fires when its condition turns true; SQL is timed without that.
		name: "sliding 30 min by address",
		rule: `
  where http_method == "GET"
  window 30m sliding by ip evidence 0 { n = count() }
  when n > 7`,
		sql: slidingSQL("ip", "http_method = 'GET'") + ` SELECT ip, ts FROM counted WHERE n > 7`,
		alerts: slidingSQL("ip", "http_method = 'GET'") + `, edges AS (SELECT ip, ts, n, lag(n, 1, 0) OVER (PARTITION BY ip ORDER BY ts) AS before FROM counted)
SELECT ip, ts FROM edges WHERE n > 7 AND before <= 7`,
	},
	{
		name: "sliding 1 d by device",
		rule: `
  window 1d sliding by device evidence 0 { n = count() }
  when n > 4`,
		sql: slidingSQL("device", "true") + ` SELECT device, ts FROM counted WHERE n > 4`,
		alerts: slidingSQL("device", "true") + `, edges AS (SELECT device, ts, n, lag(n, 1, 0) OVER (PARTITION BY device ORDER BY ts) AS before FROM counted)
SELECT device, ts FROM edges WHERE n > 4 AND before <= 4`,
	},
	{
		// A day is held against the days before it since the device first appeared,
		// at most 90, days without events included as zero.
		name: "90-day baseline by device",
		rule: `
  window 1d by device evidence 0 { n = count() }
  baseline usual of n over 90d min 7 floor 0.1
  when zscore(n, usual) > 7 and n > 3`,
		sql: `WITH daily AS (
  SELECT device, epoch(time_bucket(INTERVAL 1 DAY, ts))::BIGINT // 86400 AS day, count(*) AS f FROM {auth} GROUP BY ALL),
past AS (
  SELECT *, least(day - first_value(day) OVER w, 90) AS n,
    coalesce(sum(f) OVER b, 0) AS s, coalesce(sum(f * f) OVER b, 0) AS q
  FROM daily
  WINDOW w AS (PARTITION BY device ORDER BY day),
    b AS (PARTITION BY device ORDER BY day RANGE BETWEEN 90 PRECEDING AND 1 PRECEDING))
SELECT device, day FROM past
WHERE n >= 7 AND f > 3
  AND (f - s / n) / greatest(sqrt((q - s * s / n) / (n - 1)), 0.1) > 7`,
	},
}

// slidingSQL counts, at each row that passes, those of the same key in the 30
// minutes (of a device: the day) that end with it.
func slidingSQL(key, pass string) string {
	length := "1799.999999"
	if key == "device" {
		length = "86399.999999"
	}
	return "WITH counted AS (SELECT " + key + ", ts, count(*) OVER (PARTITION BY " + key +
		" ORDER BY ts RANGE BETWEEN INTERVAL '" + length + " seconds' PRECEDING AND CURRENT ROW) AS n FROM {auth} WHERE " + pass + ")"
}
