package company

import "time"

// hours is how many of a thousand events of a working day fall in each hour.
var hours = [24]int{2, 1, 1, 1, 2, 6, 22, 64, 112, 108, 96, 84, 58, 82, 104, 98, 78, 42, 16, 8, 6, 4, 3, 2}

// weekend reports whether a day is a Saturday or Sunday; day 0 is a Monday.
func weekend(day int) bool { return day%7 >= 5 }

// load is the mean of a count on this day, given its mean on working days.
func load(day int, mean float64) float64 {
	if weekend(day) {
		return mean / 10
	}
	return mean
}

// moment is an instant of the day, to the second, by the rhythm of hours.
func (d *dice) moment(day int) time.Time {
	n, hour := d.IntN(1000), 0
	for n >= hours[hour] {
		n -= hours[hour]
		hour++
	}
	return at(day, time.Duration(hour)*time.Hour+time.Duration(d.IntN(3600))*time.Second)
}

// at is an instant by day and time of day.
func at(day int, of time.Duration) time.Time {
	return Start.Add(time.Duration(day)*24*time.Hour + of)
}
