package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"

	_ "github.com/duckdb/duckdb-go/v2"
)

func openDuck(threads int) (*sql.DB, error) {
	db, err := sql.Open("duckdb", "")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	_, err = db.Exec(fmt.Sprintf("SET threads = %d; SET memory_limit = '12GB'; SET TimeZone = 'UTC'", threads))
	return db, err
}

// generateAuth writes authentication events over 90 days, in order of time:
// 100,000 logins and 200,000 addresses, both skewed, a million devices, nine in
// ten successes, one in a thousand a trojan. Everything follows from the row
// number by hashing, so it is the same each time.
func generateAuth(ctx context.Context, db *sql.DB, path string, rows int) error {
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	fmt.Println("generating", path)
	_, err := db.ExecContext(ctx, fmt.Sprintf(`
COPY (
  WITH dice AS (
    SELECT n,
      hash(n, 1) %% 1000003 / 1000003.0 AS a, hash(n, 2) %% 1000003 / 1000003.0 AS b,
      hash(n, 3) AS x, hash(n, 4) AS y, hash(n, 5) AS z
    FROM range(%[1]d) r(n))
  SELECT
    TIMESTAMP '2026-08-03' + to_microseconds((n * (7776000000000.0 / %[1]d))::BIGINT) AS ts,
    printf('user_%%06d', floor(100000 * a ** 2.5)::INT) AS login_id,
    format('10.{}.{}.{}', z %% 1000000 // 65536, z %% 1000000 // 256 %% 256, z %% 1000000 %% 256) AS device,
    CASE WHEN y %% 2000 = 0 THEN format('203.0.113.{}', y // 2000 %% 20)
      ELSE format('198.{}.{}.{}', floor(200000 * b * b)::INT // 65536, floor(200000 * b * b)::INT // 256 %% 256, floor(200000 * b * b)::INT %% 256) END AS ip,
    CASE WHEN x %% 100 < 90 THEN 'SUCCESS' WHEN x %% 100 < 98 THEN 'DENIED' ELSE 'BLOCKED' END AS outcome,
    CASE WHEN x %% 10 < 6 THEN 'GET' WHEN x %% 10 < 9 THEN 'POST' ELSE 'PUT' END AS http_method,
    CASE WHEN y %% 1000 = 0 THEN 'trojan' WHEN y %% 1000 < 5 THEN 'worm' WHEN y %% 1000 < 9 THEN 'adware' ELSE 'none' END AS virus_category,
    (x %% 65536)::INT AS bytes_out
  FROM dice ORDER BY n
) TO '%[2]s' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)`, rows, path))
	return err
}

// schema is what the rules know of the events.
const schema = `schema auth {
  time ts
  ts timestamp
  login_id string
  device string
  ip string
  outcome string one_of ["SUCCESS", "DENIED", "BLOCKED"]
  http_method string one_of ["GET", "POST", "PUT"]
  virus_category string
  bytes_out int
}

`
