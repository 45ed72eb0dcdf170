package flow

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"belfry/core"
	"belfry/core/plan"
)

// FuzzStep walks any tree by any inputs. It never panics, twice the same gives
// the same, and after each step the run waits for what must come, or is over.
func FuzzStep(f *testing.F) {
	for _, x := range []struct {
		nodes string
		news  string
	}{
		{`[{"id":"s","kind":"start","outputs":{"next":"m"}},{"id":"m","kind":"menu","settings":{"sounds":["snd_a"]},"outputs":{"1":"q","default":"m"}},` +
			`{"id":"q","kind":"queue","settings":{"queue":"que_a"},"outputs":{"full":"m"}}]`, "1WEW2EL0"},
		{`[{"id":"s","kind":"start","outputs":{"next":"c"}},{"id":"c","kind":"collect","settings":{"variable":"x","max":3,"sounds":["snd_a"]},"outputs":{"got":"i"}},` +
			`{"id":"i","kind":"condition","settings":{"if":"x > 5"},"outputs":{"true":"u","false":"c"}},{"id":"u","kind":"user","settings":{"extension":"${x}"}}]`, "#12#WEE123#L3"},
		{`[{"id":"s","kind":"start","outputs":{"next":"v"}},{"id":"v","kind":"set","settings":{"variable":"x","value":"${x}1"},"outputs":{"next":"v"}}]`, "WE"},
		{`[{"id":"s","kind":"start","outputs":{"next":"g"}},{"id":"g","kind":"goto","settings":{"tree":"tre_a"},"outputs":{"default":"h"}},` +
			`{"id":"h","kind":"hours","settings":{"hours":"hrs_a"},"outputs":{"open":"b"}},{"id":"b","kind":"mailbox","settings":{"mailbox":"box_a"}}]`, "L1L2"},
		{`[{"id":"s","kind":"start","outputs":{"next":"p"}},{"id":"p","kind":"play","settings":{"sounds":["snd_a","snd_x"],"barge_in":true},"outputs":{"played":"g"}},` +
			`{"id":"g","kind":"group","settings":{"group":"grp_a"},"outputs":{"full":"p","error":"h"}},{"id":"h","kind":"hangup","settings":{"sounds":["snd_b"]}}]`, "9L1EL1ML9"},
		{`[]`, "EW"},
	} {
		f.Add([]byte(x.nodes), []byte(x.news))
	}
	f.Fuzz(func(t *testing.T, nodes, news []byte) {
		tree := plan.Tree{ID: "tre_a", Name: "t"}
		if json.Unmarshal(nodes, &tree.Nodes) != nil {
			t.Skip()
		}
		p, err := plan.Compile(1, company(tree))
		if err != nil {
			t.Skip()
		}
		b, _ := Compile(p)
		one := wander(t, p, b, news)
		if two := wander(t, p, b, news); !reflect.DeepEqual(one, two) {
			t.Errorf("the same inputs led to\n%+v\nand\n%+v", one, two)
		}
	})
}

// wander makes one call and tells it the news, a letter each.
func wander(t *testing.T, p *plan.Plan, b *Book, news []byte) *Run {
	t.Helper()
	r := &Run{}
	env := Env{Now: monday, Plan: p, Book: b, Groups: &Balance{}}
	look := func(orders []Order) {
		t.Helper()
		if wrong := alive(r); wrong != "" {
			t.Fatalf("%s: %+v", wrong, r)
		}
		for i, o := range orders {
			if _, end := o.(HangUp); end && (i != len(orders)-1 || !r.Over) {
				t.Fatal("an order came after the last one")
			}
		}
	}
	look(Step(r, Begin{Call: "cal_1", Tree: "tre_a"}, env))
	outputs := append([]string{"", "default", "recorded", "too_short", "hung_up", "busy", "nothing"}, queueOutputs...)
	for i, x := range news {
		if i > 500 {
			break
		}
		env.Now = env.Now.Add(time.Duration(x) * 10 * time.Millisecond)
		was := r.Over
		var in Input
		switch x {
		case 'W':
			env.Now = max(env.Now, r.Deadline)
			in = Woke{}
		case 'E':
			in = PlayEnded{Play: r.Play}
		case 'M':
			in = PlayEnded{Play: r.Play, Missing: []core.SoundID{"snd_a"}}
		case 'L':
			in = Left{Output: outputs[i%len(outputs)], What: "x"}
		default:
			in = Digit{x}
		}
		orders := Step(r, in, env)
		if was && len(orders) > 0 {
			t.Fatal("an order after the end")
		}
		look(orders)
	}
	return r
}
