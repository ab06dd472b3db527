package main

// question asks the same of both sides: a rule, and the SQL over {auth} whose rows
// are the alerts that the rule gives.
type question struct {
	name string
	rule string
	sql  string
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
}
