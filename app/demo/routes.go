package demo

import (
	"belfry/core"
	"belfry/core/plan"
)

func numbers() []plan.Number {
	return []plan.Number{
		{Number: "+33100000000", Label: "Welcome", Tree: "tre_welcome"},
		{Number: "+33100000001", Label: "Sales", Tree: "tre_sales"},
		{Number: "+33100000002", Label: "Support", Tree: "tre_support"},
		{Number: "+33100000003", Label: "Front desk", Tree: "tre_frontdesk"},
		{Number: "+33100000004", Label: "Overflow", Tree: "tre_overflow"},
		{Number: "+33100000005", Label: "Short", Tree: "tre_short"},
		{Number: "+33100000008", Label: "Parked", Tree: "tre_parked"},
		{Number: "+33100000009", Label: "Bench", Tree: "tre_bench"},
	}
}

func trees() []plan.Tree {
	overflow := tree("tre_overflow", "Overflow", plan.Node{
		ID: "group", Kind: "group", Name: "Overflow", Settings: settings(map[string]any{"group": "grp_overflow"}),
		Outputs: map[string]string{"default": "later"},
	}, later())
	frontdesk := tree("tre_frontdesk", "Front desk", message("message"))
	short := tree("tre_short", "Short", plan.Node{
		ID: "queue", Kind: "queue", Name: "short", Settings: settings(map[string]any{"queue": "que_short"}),
		Outputs: map[string]string{"max_wait": "message", "default": "message"},
	}, message("message"))
	return []plan.Tree{
		welcome(),
		tree("tre_sales", "Sales", queue("queue", "sales", "que_sales"), later()),
		tree("tre_support", "Support", queue("queue", "support", "que_support"), later()),
		frontdesk,
		overflow,
		short,
		tree("tre_parked", "Parked", queue("queue", "parked", "que_parked"), later()),
		tree("tre_bench", "Bench", queue("queue", "bench", "que_bench"), later()),
		outbound(),
	}
}

// outbound is what agents' calls out may go through: not outside the hours, and
// the number must answer.
func outbound() plan.Tree {
	t := tree("tre_outbound", "Outbound",
		plan.Node{
			ID: "hours", Kind: "hours", Name: "May we call now?", Settings: settings(map[string]any{"hours": "hrs_demo"}),
			Outputs: map[string]string{"open": "dial", "default": "closed"},
		},
		plan.Node{
			ID: "dial", Kind: "dial", Name: "Call the number", Settings: settings(map[string]any{"number": "${dialled}"}),
			Outputs: map[string]string{"default": "busy"},
		},
		plan.Node{ID: "closed", Kind: "hangup", Name: "Not now", Settings: settings(map[string]any{"sounds": []string{"snd_closed"}})},
		plan.Node{ID: "busy", Kind: "hangup", Name: "Not reached", Settings: settings(map[string]any{"sounds": []string{"snd_busy_later"}})},
	)
	t.Outbound = true
	return t
}

// tree begins with a start node that leads to the first of the others.
func tree(id core.TreeID, name string, nodes ...plan.Node) plan.Tree {
	start := plan.Node{ID: "start", Kind: plan.Starts, Name: "Start", Outputs: map[string]string{"next": nodes[0].ID}}
	return plan.Tree{ID: id, Name: name, Version: 1, Nodes: append([]plan.Node{start}, nodes...)}
}

func queue(id, name string, q core.QueueID) plan.Node {
	return plan.Node{
		ID: id, Kind: "queue", Name: name, Settings: settings(map[string]any{"queue": q}),
		Outputs: map[string]string{"default": "later"},
	}
}

func message(id string) plan.Node {
	return plan.Node{
		ID: id, Kind: "mailbox", Name: "front desk", Settings: settings(map[string]any{"mailbox": "box_frontdesk"}),
	}
}

func later() plan.Node {
	return plan.Node{
		ID: "later", Kind: "hangup", Name: "Call later",
		Settings: settings(map[string]any{"sounds": []string{"snd_busy_later"}}),
	}
}

// welcome greets, offers a choice and leads a caller who says nothing to support.
func welcome() plan.Tree {
	return tree("tre_welcome", "Welcome",
		plan.Node{
			ID: "hours", Kind: "hours", Name: "Are we open?", Settings: settings(map[string]any{"hours": "hrs_demo"}),
			Outputs: map[string]string{"open": "welcome", "default": "closed"},
		},
		plan.Node{
			ID: "welcome", Kind: "play", Name: "Welcome",
			Settings: settings(map[string]any{"sounds": []string{"snd_welcome"}, "barge_in": true}),
			Outputs:  map[string]string{"played": "menu"},
		},
		plan.Node{
			ID: "menu", Kind: "menu", Name: "Sales, support or a message",
			Settings: settings(map[string]any{
				"sounds": []string{"snd_menu"}, "tries": 2, "timeout_seconds": 5,
				"no_input_sounds": []string{"snd_again"}, "no_match_sounds": []string{"snd_again"},
			}),
			Outputs: map[string]string{
				"1": "sales", "2": "support", "3": "message", "no_input": "support", "default": "support",
			},
		},
		queue("sales", "sales", "que_sales"),
		queue("support", "support", "que_support"),
		message("message"),
		plan.Node{
			ID: "closed", Kind: "play", Name: "Closed", Settings: settings(map[string]any{"sounds": []string{"snd_closed"}}),
			Outputs: map[string]string{"played": "message"},
		},
		later(),
	)
}
