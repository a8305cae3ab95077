package config

import (
	"net/url"
	"strings"
)

// network checks how a provider is reached.
func (c *checker) network(path string, n *Network) {
	c.notNegative(path+".connect_timeout", n.ConnectTimeout, n.ConnectTimeout < 0)
	c.notNegative(path+".header_timeout", n.HeaderTimeout, n.HeaderTimeout < 0)
	c.notNegative(path+".answer_timeout", n.AnswerTimeout, n.AnswerTimeout < 0)
	c.notNegative(path+".first_timeout", n.FirstTimeout, n.FirstTimeout < 0)
	c.notNegative(path+".stall_timeout", n.StallTimeout, n.StallTimeout < 0)
	c.notNegative(path+".total_timeout", n.TotalTimeout, n.TotalTimeout < 0)
	total := Duration(n.TotalTimeout.Or(DefaultTotalTimeout))
	c.within(path+".header_timeout", n.HeaderTimeout, total)
	c.within(path+".answer_timeout", n.AnswerTimeout, total)
	c.within(path+".first_timeout", n.FirstTimeout, total)
	c.notNegative(path+".keep_alive", n.KeepAlive, n.KeepAlive < 0)
	c.notNegative(path+".max_connections", n.MaxConnections, n.MaxConnections < 0)
	if n.Proxy != "" && n.Proxy != "env" {
		c.proxy(path+".proxy", n.Proxy)
	}
	if strings.ContainsFunc(n.ServerName, notInWord) {
		c.fail(path+".server_name", "", "%s cannot be a server's name", quote(n.ServerName))
	}
	if n.InsecureSkipVerify {
		c.warn(path+".insecure_skip_verify", "name the certificate's issuer in ca instead", "anyone on the network path can read the keys sent to this provider")
	}
}

// within warns of a wait that never ends, because the whole exchange ends before.
func (c *checker) within(path string, d, total Duration) {
	if d > total {
		c.warn(path, "raise total_timeout as well", "is %s, and total_timeout ends the exchange after %s", d, total)
	}
}

func (c *checker) proxy(path, text string) {
	const hint = "write http://host:port, or env"
	u, err := url.Parse(text)
	switch {
	case err != nil:
		c.fail(path, hint, "is not a URL")
	case u.User != nil:
		c.fail(path, hint, "cannot hold a user or password")
	case u.Scheme != "http" || u.Hostname() == "" || !isPort(u.Port()) || u.Path != "" && u.Path != "/" || u.RawQuery != "":
		c.fail(path, hint, "%s is not the address of an HTTP proxy", quote(text))
	}
}
