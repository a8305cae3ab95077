package config

import "testing"

func TestAuditIsJudged(t *testing.T) {
	tells(t, base+"audit: {}\n", "")
	tells(t, base+`audit: {dir: /var/lib/a, spool: 1GiB, keep: 720h, sign: {key: /etc/a.key, every: 10s, records: 500}, sinks: [
  {type: sqlite, retention: 8760h}, {type: sqlite, name: second, path: /var/lib/b.db},
  {type: postgres, url: "postgres://a:b@db/audit"}, {type: clickhouse, url: "http://ch:8123/?database=a"},
  {type: webhook, url: "https://siem.example/in", secret: 0123456789abcdef, token: t},
  {type: s3, url: "https://s3.example", bucket: audit, prefix: p/, region: eu-1, access_key: A, secret: s, lock: governance, lock_for: 24h}]}`+"\n", "")
	tells(t, base+"audit: {dir: a, spool: 1MiB, sign: {every: 1ms, records: -1}}\n",
		`2: audit.dir: is "a", which depends on where asbru is started; hint: write the whole path, such as /var/lib/asbru/audit`+"\n"+
			"2: audit.spool: is 1MiB; it is 16MiB at least; hint: leave it out for 4GiB\n"+
			"2: audit.sign.every: is 1ms; it is 1s at least; hint: leave it out for 1m\n"+
			"2: audit.sign.records: cannot be negative (-1); hint: leave it out for the default")
	tells(t, base+"audit: {content: {bytes: 2MiB, retention: -1s}}\n", "2: audit.content.bytes: is 2MiB; it is 1MiB at most; hint: leave it out for 16KiB\n"+
		"2: audit.content.retention: cannot be negative (-1s); hint: leave it out for the default")
	tells(t, base+"audit: {content: {}}\n", "")
	tells(t, base+"audit: {no_sinks: true, sinks: [{type: sqlite}]}\n", "2: audit.no_sinks: is set, and there are sinks; hint: leave one of the two out")
	tells(t, base+"audit: {sinks: [{type: sqlite}, {type: sqlite}]}\n", `2: audit.sinks[1].name: sink "sqlite" is there already, as audit.sinks[0]`)
	tells(t, base+"audit: {sinks: [{type: webhook, secret: short, bucket: b}]}\n",
		"2: audit.sinks[0].url: a sink of type webhook needs it\n"+
			"2: audit.sinks[0].secret: has 5 bytes; one of less than 16 can be guessed; hint: openssl rand -hex 32 makes a good one\n"+
			"2: audit.sinks[0].bucket: a sink of type webhook has none; hint: leave it out")
	tells(t, base+"audit: {sinks: [{type: s3, url: \"http://minio\", access_key: A, lock: forever}]}\n",
		"2: audit.sinks[0].secret: a sink of type s3 needs it\n2: audit.sinks[0].bucket: a sink of type s3 needs it\n"+
			"2: warning: audit.sinks[0].url: sends audit records over the network in the clear; hint: use https\n"+
			`2: audit.sinks[0].lock: cannot be "forever"; it is one of compliance, governance, off`)
	tells(t, base+"audit: {sinks: [{type: postgres, url: \"mysql://root:hunter2@x/y\"}]}\n",
		"2: audit.sinks[0].url: is no address that begins with postgres:// or postgresql://")
	tells(t, base+"audit: {sinks: [{type: kafka}]}\n", `2: audit.sinks[0].type: "kafka" is no type of sink; it is one of sqlite, postgres, clickhouse, webhook, s3`)
}
