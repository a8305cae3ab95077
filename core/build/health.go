package build

import (
	"strings"

	"asbru/core"
	"asbru/core/config"
)

// compileHealth lists the servers to probe: self-hosted ones, and those for which the document
// configures it.
func (c *compiler) compileHealth() {
	for _, p := range c.providers {
		h, e := p.doc.Health, &p.endpoint
		if h == nil && !p.adapter.Local || h != nil && h.Off || e.Host == "" {
			continue
		}
		if e.Proxy != "" || e.CA != "" || e.InsecureSkipVerify || e.ServerName != "" && e.ServerName != e.Host {
			if h != nil {
				c.warn(p.at+".health", "is not asked through a proxy or with TLS settings of its own", "set health: {off: true}")
			}
			continue
		}
		check := core.HealthCheck{Provider: p.doc.Name, Every: config.DefaultHealthEvery}
		path := ""
		for _, f := range p.faces {
			if path = f.Paths[core.OpModels]; path == "" && f.Paths[core.OpPass] != "" {
				path = strings.TrimSuffix(f.Paths[core.OpPass], "/") + "/models"
			}
			if path != "" {
				break
			}
		}
		if h != nil {
			check.Every = h.Every.Or(check.Every)
			if h.Path != "" {
				path = h.Path
			}
		}
		if path == "" {
			path = "/"
		}
		check.URL = e.Scheme + "://" + p.host + path
		c.next.Checks = append(c.next.Checks, check)
	}
}
