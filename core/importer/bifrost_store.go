package importer

import (
	"cmp"
	"net"
	"net/url"
	"strings"

	"asbru/core/config"
)

// configStore imports where the configuration is kept besides the file. What Bifrost stored there is
// not imported: only this file is read.
//
// Source: https://docs.getbifrost.ai/deployment-guides/config-json
func (b *bifrost) configStore(f field) {
	if !f.object() {
		return
	}
	if on, ok := f.at("enabled").flag(); ok && !on {
		f.leave("it is off: the document is all there is")
		return
	}
	if b.o.serve {
		f.leave("a file of Bifrost is served as it is; asbru import makes a document with a store of it")
		return
	}
	c := f.at("config")
	switch kind := f.at("type").text(); kind {
	case "", "sqlite":
		b.doc.Store = &config.Store{}
		c.at("path").leave("the tables in it are Bifrost's; asbru makes a file of its own, asbru.db")
	case "postgres":
		b.doc.Store = &config.Store{Postgres: b.postgres(c)}
		b.doc.Governance.Pepper = config.NewSecret("env.ASBRU_PEPPER", "")
		b.refers("ASBRU_PEPPER", strings.Repeat("imported", 4))
		f.tell("set ASBRU_PEPPER to 32 random bytes, such as openssl rand -hex 32 makes", "needs a pepper for the digests of keys: env.ASBRU_PEPPER stands in governance.pepper")
	default:
		f.leave("a store of type %s is not known", short(kind))
		return
	}
	f.partly("begins empty: what Bifrost has kept in its own tables stays there; keys and teams of this file are imported")
	if b.doc.AllowAnonymous == nil {
		f.partly("lets nobody in without a key; allow_anonymous: true does")
	}
	c.leaveAll([]left{{"max_idle_conns", "how many connections there are is fixed"}, {"max_open_conns", "how many connections there are is fixed"},
		{"conn_max_lifetime", "connections are kept"}, {"password_command", "no programs are run; write the password into a variable"}})
	f.at("vault_store").leave("there are no vaults here; keys are kept as digests")
}

// postgres returns the address of a database.
func (b *bifrost) postgres(c field) config.Secret {
	host, port := c.at("host").written("db.example"), cmp.Or(c.at("port").written("5432"), "5432")
	name, mode := c.at("db_name").written("name"), c.at("ssl_mode").written("require")
	user, password := c.at("user").written("user"), c.at("password")
	address := func(secret string) string {
		if secret != "" {
			secret = ":" + secret
		}
		text := "postgres://" + user + secret + "@" + net.JoinHostPort(host, port) + "/" + name
		if mode != "" {
			text += "?sslmode=" + mode
		}
		return text
	}
	variable, _ := password.reference()
	if variable != "" {
		b.refers(variable, "")
		password.partly("stands in an address: it must have no character that means something there, or be escaped (%%40 for @)")
		return config.NewSecret("", address("${"+variable+"}"))
	}
	literal := escaped(password.literal())
	switch {
	case literal == "":
		return config.NewSecret("", address(""))
	case b.o.Secrets:
		return config.NewSecret("", address(url.QueryEscape(literal)))
	}
	variable = b.variable("ASBRU_POSTGRES")
	b.refers(variable, "postgres://user:password@db.example/name")
	password.tell("set "+variable+" to "+address("PASSWORD"), "is a secret in the file: env.%s stands in place of the address", variable)
	return config.NewSecret("env."+variable, "")
}
