package main

import (
	"asbru/control/rates"
	"asbru/core/config"
)

// A rateAgent counts rate limits together with other machines, through the server at an address.
type rateAgent struct {
	*rates.Agent
	url string
}

// shareRates starts, changes or stops sharing of rate limits as a document says. The Plane's writer
// calls it.
func (g *gateway) shareRates(doc *config.Document) {
	url := doc.Governance.SharedLimits.Reveal()
	if a := g.rates.Load(); a != nil {
		if a.url == url {
			return
		}
		g.rates.Store(nil)
		a.Close()
	}
	if url == "" {
		return
	}
	a, err := rates.Open(rates.Options{URL: url, Desk: g.desk, Log: g.log})
	if err != nil { // the document was checked for it
		g.log.Error("rate limits are not shared", "error", err)
		return
	}
	a.Start()
	g.rates.Store(&rateAgent{a, url})
}

// closeRates returns the unused units of shared rates.
func (g *gateway) closeRates() {
	if a := g.rates.Swap(nil); a != nil {
		a.Close()
	}
}
