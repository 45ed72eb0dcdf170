package flow

import (
	"fmt"
	"strconv"
	"strings"
)

// An expression compares variables with values and joins the answers:
//
//	expression = and { "or" and }
//	and        = not { "and" not }
//	not        = "not" not | "(" expression ")" | operand [ operator operand ]
//	operand    = variable | integer | 'text' | "text"
//	operator   = "==" | "!=" | "<" | "<=" | ">" | ">=" | "contains" | "starts" | "ends"
//
// Two values are compared as integers when one is written as an integer, or the
// order is asked, and both are integers; else as texts. A lone operand holds
// when it is neither empty, 0 nor false. It always comes to an end: there is
// nothing to call and nothing to repeat.
type expr interface{ holds(r *Run) bool }

type (
	orExpr  struct{ left, right expr }
	andExpr struct{ left, right expr }
	notExpr struct{ of expr }
	compare struct {
		left, right operand
		operator    string
	}
	truth struct{ of operand }
)

// operand is a variable, or a literal.
type operand struct {
	text     string
	variable bool
	integer  bool // written as one
}

func (e orExpr) holds(r *Run) bool  { return e.left.holds(r) || e.right.holds(r) }
func (e andExpr) holds(r *Run) bool { return e.left.holds(r) && e.right.holds(r) }
func (e notExpr) holds(r *Run) bool { return !e.of.holds(r) }

func (e truth) holds(r *Run) bool {
	v := e.of.value(r)
	return v != "" && v != "0" && v != "false"
}

func (o operand) value(r *Run) string {
	if !o.variable {
		return o.text
	}
	v, _ := r.value(o.text)
	return v
}

func (e compare) holds(r *Run) bool {
	x, y := e.left.value(r), e.right.value(r)
	switch e.operator {
	case "contains":
		return strings.Contains(x, y)
	case "starts":
		return strings.HasPrefix(x, y)
	case "ends":
		return strings.HasSuffix(x, y)
	}
	order := strings.Compare(x, y)
	if e.left.integer || e.right.integer || strings.ContainsAny(e.operator, "<>") {
		m, err1 := strconv.ParseInt(x, 10, 64)
		n, err2 := strconv.ParseInt(y, 10, 64)
		switch {
		case err1 != nil || err2 != nil:
		case m < n:
			order = -1
		case m > n:
			order = 1
		default:
			order = 0
		}
	}
	switch e.operator {
	case "==":
		return order == 0
	case "!=":
		return order != 0
	case "<":
		return order < 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	default:
		return order >= 0
	}
}

// The bounds of an expression, so that reading and asking it stays cheap.
const (
	longExpression = 1000
	deepExpression = 50
)

// parse reads an expression.
func parse(text string) (expr, error) {
	if len(text) > longExpression {
		return nil, fmt.Errorf("it is longer than %d bytes", longExpression)
	}
	words, err := split(text)
	if err != nil {
		return nil, err
	}
	p := &parser{words: words}
	e, err := p.or(0)
	if err == nil && p.next < len(p.words) {
		err = fmt.Errorf("%q is not expected", p.words[p.next].text)
	}
	if err != nil {
		return nil, err
	}
	return e, nil
}

type parser struct {
	words []word
	next  int
}

// take goes on when the next word is one of these, bare.
func (p *parser) take(any ...string) (string, bool) {
	if p.next < len(p.words) && !p.words[p.next].quoted {
		for _, s := range any {
			if p.words[p.next].text == s {
				p.next++
				return s, true
			}
		}
	}
	return "", false
}

func (p *parser) or(depth int) (expr, error) {
	left, err := p.and(depth)
	for err == nil {
		if _, ok := p.take("or"); !ok {
			break
		}
		var right expr
		right, err = p.and(depth)
		left = orExpr{left, right}
	}
	return left, err
}

func (p *parser) and(depth int) (expr, error) {
	left, err := p.not(depth)
	for err == nil {
		if _, ok := p.take("and"); !ok {
			break
		}
		var right expr
		right, err = p.not(depth)
		left = andExpr{left, right}
	}
	return left, err
}

func (p *parser) not(depth int) (expr, error) {
	if depth > deepExpression {
		return nil, fmt.Errorf("it is nested deeper than %d", deepExpression)
	}
	if _, ok := p.take("not"); ok {
		e, err := p.not(depth + 1)
		return notExpr{e}, err
	}
	if _, ok := p.take("("); ok {
		e, err := p.or(depth + 1)
		if err != nil {
			return nil, err
		}
		if _, ok := p.take(")"); !ok {
			return nil, fmt.Errorf("a closing parenthesis is missing")
		}
		return e, nil
	}
	left, err := p.operand()
	if err != nil {
		return nil, err
	}
	operator, ok := p.take("==", "!=", "<=", ">=", "<", ">", "contains", "starts", "ends")
	if !ok {
		return truth{left}, nil
	}
	right, err := p.operand()
	return compare{left, right, operator}, err
}

func (p *parser) operand() (operand, error) {
	if p.next >= len(p.words) {
		return operand{}, fmt.Errorf("it ends where a value should stand")
	}
	w := p.words[p.next]
	p.next++
	if w.quoted {
		return operand{text: w.text}, nil
	}
	if _, err := strconv.ParseInt(w.text, 10, 64); err == nil {
		return operand{text: w.text, integer: true}, nil
	}
	switch w.text {
	case "and", "or", "not", "contains", "starts", "ends":
	default:
		if isName(w.text) {
			return operand{text: w.text, variable: true}, nil
		}
	}
	return operand{}, fmt.Errorf("%q is no value", w.text)
}

// word is one word of an expression.
type word struct {
	text   string
	quoted bool
}

func split(text string) ([]word, error) {
	var words []word
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			i++
		case c == '\'' || c == '"':
			end := strings.IndexByte(text[i+1:], c)
			if end < 0 {
				return nil, fmt.Errorf("a quotation mark is not closed")
			}
			words = append(words, word{text[i+1 : i+1+end], true})
			i += end + 2
		case c == '(' || c == ')':
			words = append(words, word{text: string(rune(c))})
			i++
		default:
			n := bare(text[i:])
			if n == 0 {
				return nil, fmt.Errorf("the character %q is not expected", c)
			}
			words = append(words, word{text: text[i : i+n]})
			i += n
		}
	}
	return words, nil
}

// bare is the length of the operator, or of the name or integer, that s begins
// with; 0 for neither.
func bare(s string) int {
	set := "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
	if strings.IndexByte("<>=!", s[0]) >= 0 {
		set = "<>=!"
	} else if s[0] == '-' || s[0] == '+' {
		return 1 + bareRun(s[1:], "0123456789")
	}
	return bareRun(s, set)
}

func bareRun(s, set string) int {
	return len(s) - len(strings.TrimLeft(s, set))
}
