package eval

import (
	"errors"
	"fmt"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"

	"github.com/detlang/det/lang/types"
)

// Condition is an expression of expr-lang that is true or false of one alert, or
// of all alerts of a test.
type Condition struct{ program *vm.Program }

// CompileCondition prepares a condition over the names of an alert, with their
// types. A name with dots (usual.mean) is written so. Errors are for the author.
func CompileCondition(text string, names map[string]types.Type) (*Condition, error) {
	program, err := expr.Compile(text, expr.Env(titleEnv(names)), expr.AsBool(), expr.MaxNodes(500))
	return condition(program, err)
}

// CompileAssertion prepares a condition over alerts, a list of the alerts of a
// test in order of time. Each has its names, and id, rule, level, title, time,
// window_start, window_end, suppressed and partial.
func CompileAssertion(text string) (*Condition, error) {
	program, err := expr.Compile(text, expr.Env(map[string]any{"alerts": []map[string]any{}}), expr.AsBool(), expr.MaxNodes(500))
	return condition(program, err)
}

func condition(program *vm.Program, err error) (*Condition, error) {
	if told := (*file.Error)(nil); errors.As(err, &told) {
		return nil, errors.New(strings.TrimSpace(told.Message))
	}
	if err != nil {
		return nil, err
	}
	return &Condition{program}, nil
}

// Holds computes the condition: of an alert with the values as Title.Render takes
// them. A value that is missing makes a comparison with it false.
func (c *Condition) Holds(env map[string]any) (bool, error) {
	x, err := expr.Run(c.program, Nest(env))
	if err != nil {
		return false, fmt.Errorf("it cannot be computed: %w", firstLine(err))
	}
	return x == true, nil
}

// firstLine is an error without the lines that draw its place.
func firstLine(err error) error {
	if told := (*file.Error)(nil); errors.As(err, &told) {
		return errors.New(strings.TrimSpace(told.Message))
	}
	return err
}
