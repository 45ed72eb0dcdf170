package acd

import "belfry/core"

// plainly serves queues without a delay or a weight.
func plainly(queues ...core.QueueID) []Service {
	var all []Service
	for _, q := range queues {
		all = append(all, Service{Queue: q})
	}
	return all
}
