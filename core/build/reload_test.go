package build

import (
	"sync"
	"sync/atomic"
	"testing"

	"asbru/adapters/dialect/openai"
	"asbru/core"
	"asbru/core/config"
)

// Requests are decided on while the configuration changes under them. Each sees
// one Snapshot, whole.
func TestReloadUnderLoad(t *testing.T) {
	const lanes, reloads = 4, 50
	var live atomic.Pointer[core.Snapshot]
	first, _ := must(t, eager(), nil)
	live.Store(first)
	var done atomic.Bool
	var wg, started sync.WaitGroup
	started.Add(lanes)
	for range lanes {
		wg.Go(func() {
			decide(t, live.Load())
			started.Done()
			for !done.Load() {
				decide(t, live.Load())
			}
		})
	}
	started.Wait()
	for i := range reloads {
		doc := eager()
		if i%2 == 0 {
			doc.Models[0].Model = "mistral-tiny"
			doc.Providers[1].Keys = []config.Key{{Value: secret("second")}, {Value: secret("third")}}
		}
		if i%5 == 0 {
			doc.Providers[0].BaseURL = "ftp://broken" // changes nothing
		}
		next, problems, _ := Compile(doc, live.Load(), fakeDeps())
		if (next == nil) != (i%5 == 0) {
			t.Errorf("reload %d: %v", i, problems)
		}
		if next != nil {
			live.Store(next)
		}
	}
	done.Store(true)
	wg.Wait()
	if got, want := live.Load().Targets[0].Pool, first.Targets[0].Pool; got != want {
		t.Errorf("openai's pool was replaced in %d reloads that did not touch it", reloads)
	}
	if live.Load().Targets[0].Tally.Requests.Load() == 0 {
		t.Error("nothing was counted on the tally that is carried over")
	}
}

// eager is seeds with a budget that pays for any number of retries.
func eager() *config.Document {
	doc, many := seeds(), 1e9
	for i := range doc.Models {
		doc.Models[i].Retry = &config.Retry{PerSecond: &many}
	}
	return doc
}

// decide walks one request through admission and all its targets.
func decide(t *testing.T, s *core.Snapshot) {
	for _, k := range s.Keys {
		x := &core.Exchange{Snap: s, Key: k, From: openai.API, Plan: &k.Policy.Plans[core.OpChat]}
		x.Peek.Model = []byte("fast-cheap")
		x.Peek.Fallbacks[0] = []byte("eu-secure")
		x.Route, x.Name = s.Resolve(x.Peek.Model)
		if core.Run(x, x.Plan.Admit) != core.Continue {
			t.Error(x.Fault)
			return
		}
		n := 0
		for target, key := x.Route.Pick(x, nil); target != nil; target, key = x.Route.Pick(x, x.Attempts()) {
			x.Begin(target, key).Status = 503
			target.Tally.Requests.Add(1)
			n++
		}
		s.Targets[0].Tally.Requests.Add(1)
		if n != 2 {
			t.Errorf("%d attempts, want the model and its fallback", n)
		}
	}
}
