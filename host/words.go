package host

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"belfry/core"
)

// words puts an event, an effect or a fact into one readable line: its name and
// the fields that say something. What the caller pressed is left out, so that
// it may stand in a log.
func words(v any) string {
	switch v := v.(type) {
	case nil:
		return "nothing"
	case core.DigitCame:
		v.Digit = '?'
		return show(v)
	case core.SendDigits:
		v.Digits = strings.Repeat("?", len(v.Digits))
		return show(v)
	case core.Asked:
		if k, ok := v.Want.(core.Keys); ok {
			k.Digits = strings.Repeat("?", len(k.Digits))
			v.Want = k
		}
		return show(v)
	case core.PlanChanged:
		return fmt.Sprintf("PlanChanged revision=%d doc=%d bytes", v.Revision, len(v.Doc))
	}
	return show(v)
}

func show(v any) string {
	r := reflect.ValueOf(v)
	var b strings.Builder
	b.WriteString(r.Type().Name())
	fields(&b, r, "")
	return b.String()
}

func fields(b *strings.Builder, r reflect.Value, prefix string) {
	for i := range r.NumField() {
		f, name := r.Field(i), strings.ToLower(r.Type().Field(i).Name)
		if f.IsZero() {
			continue
		}
		for f.Kind() == reflect.Pointer {
			f = f.Elem()
		}
		switch f.Kind() {
		case reflect.Struct:
			fields(b, f, prefix+name+".")
			continue
		case reflect.Interface:
			b.WriteString(" " + prefix + name + "=(" + words(f.Elem().Interface()) + ")")
			continue
		case reflect.Slice:
			if e := f.Type().Elem().Kind(); e != reflect.String {
				fmt.Fprintf(b, " %s%s=%d", prefix, name, f.Len())
				continue
			}
		}
		if t, ok := f.Interface().(core.Time); ok {
			fmt.Fprintf(b, " %s%s=%s", prefix, name, t.Std().Format("15:04:05.000"))
			continue
		}
		if f.Kind() == reflect.Uint8 {
			fmt.Fprintf(b, " %s%s=%q", prefix, name, rune(f.Uint()))
			continue
		}
		text := fmt.Sprint(f.Interface())
		if text == "" || strings.ContainsAny(text, " \"\\") || strconv.Quote(text) != `"`+text+`"` {
			text = strconv.Quote(text)
		}
		fmt.Fprintf(b, " %s%s=%s", prefix, name, text)
	}
}
