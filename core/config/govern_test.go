package config

import (
	"strconv"
	"strings"
	"testing"
)

func TestKeysOfAllKinds(t *testing.T) {
	f := func(key, want string) {
		t.Helper()
		tells(t, base+"governance: {pepper: 0123456789abcdef0123456789abcdef}\nvirtual_keys:\n  - {name: first, key: 0123456789abcdef}\n  - {name: a, "+key+"}\n", want)
	}
	digest := strings.Repeat("0f", 32)
	f("digest: "+digest, "")
	f("digest: abc", "5: virtual_keys[1].digest: is no HMAC-SHA-256: it has 64 hex digits; hint: asbru keys digest makes one")
	f("key: 0123456789abcdeg, digest: "+digest, "5: virtual_keys[1].digest: stands beside key; hint: keep one of them")
	f("key: 0123456789abcdeg, previous: [{key: 0123456789abcdeh, until: 2027-01-31T00:00:00Z}]", "")
	f("key: 0123456789abcdeg, previous: [{digest: "+digest+"}]", "5: virtual_keys[1].previous[0].until: an old key is good for a while only; hint: write when it ends, such as 2027-01-31T00:00:00Z")
	f("key: 0123456789abcdeg, previous: [{key: 0123456789abcdef, until: 2027-01-31T00:00:00Z}]", "5: virtual_keys[1].previous[0].key: is the key of virtual_keys[0] too; hint: give each its own")
	f("key: 0123456789abcdeg, expires: tomorrow", `5: virtual_keys[1].expires: "tomorrow" is no moment in the form of RFC 3339; hint: write it as 2027-01-31T00:00:00Z`)
	f("key: 0123456789abcdeg, expires: '2027-01-31T00:00:00+01:00', content_logging: false, required_headers: [x-tenant]", "")
	f("key: 0123456789abcdeg, required_headers: ['x tenant']", `5: virtual_keys[1].required_headers[0]: "x tenant" is no name of a header`)
	f("key: 0123456789abcdeg, providers: [{provider: openai, weight: 3, allowed_models: ['gpt-*', 'regex:^o[13]'], keys: [key-1]}]", "")
	f("key: 0123456789abcdeg, providers: [{provider: opnai}]", `5: virtual_keys[1].providers[0].provider: no provider is named "opnai"; hint: did you mean openai?`)
	f("key: 0123456789abcdeg, providers: [{provider: openai, weight: -1}]", "5: virtual_keys[1].providers[0].weight: is -1; weights are 0 to 1000000")
	f("key: 0123456789abcdeg, providers: [{provider: openai, keys: [key-2]}]", `5: virtual_keys[1].providers[0].keys[0]: "key-2" is no key of provider openai; hint: did you mean key-1?`)
	f("key: 0123456789abcdeg, blocked_providers: [mistral]", `5: virtual_keys[1].blocked_providers[0]: no provider is named "mistral"`)

	tells(t, base+"virtual_keys: [{name: a, digest: "+digest+"}]\n", "2: virtual_keys[0].digest: cannot be compared with anything without a pepper; hint: set governance.pepper to what it was made with")
	tells(t, base+"governance: {pepper: short}\n", "2: governance.pepper: is 5 bytes long; a pepper has at least 32; hint: openssl rand -hex 32 makes a good one")
}

func TestRateLimits(t *testing.T) {
	f := func(limit, want string) {
		t.Helper()
		if want != "" {
			want = "2: teams[0].rate_limits[0]" + want
		}
		tells(t, base+"teams: [{name: platform, customer: acme, rate_limits: ["+limit+"]}]\n", want)
	}
	f("{requests: 100}", "")
	f("{tokens: 100000, per: 1h, burst: 20000}", "")
	f("{calls: 5}", "")
	f("{streams: 5}", "")
	f("{}", ": sets 0 of requests, tokens, calls and streams; a limit is of one of them; hint: make a limit of each")
	f("{requests: 1, tokens: 1}", ": sets 2 of requests, tokens, calls and streams; a limit is of one of them; hint: make a limit of each")
	f("{requests: -1}", ": allows -1; a limit allows 1 to 1099511627776")
	f("{calls: 1, per: 1m}", ": is of what is under way, and that is not counted by the time; hint: leave per and burst out")
	f("{requests: 1, per: 1ms}", ".per: is 1ms; a limit is for 1s to a year")
	f("{requests: 1, burst: 33}", ".burst: is 33; it is from 1 to 32 times the limit")
	tells(t, "providers: [{name: openai, api_key: a-key-for-openai, rate_limits: [{requests: 5}, {calls: 5}]}]\n", "1: providers[0].rate_limits[1]: is of what is under way; a provider's limits are of requests and tokens; hint: set overload.max_concurrency of the provider")
	tells(t, base+"rate_limits: [{calls: 1},{calls: 1},{calls: 1},{calls: 1},{calls: 1},{calls: 1},{calls: 1},{calls: 1},{calls: 1}]\n", "2: rate_limits: holds 9 limits; there are at most 8")
}

func TestBudgets(t *testing.T) {
	f := func(budget, want string) {
		t.Helper()
		lines := ""
		if want != "" {
			lines = "2: customers[0].budgets[0]" + want
		}
		tells(t, base+"customers: [{name: acme, budgets: [{"+budget+"}]}]\n", lines)
	}
	f("usd: 50", "")
	f("usd: 50, window: 1h", "")
	f("usd: 50, window: 3M, align: rolling", "")
	f("usd: 50, window: 1w, align: calendar, time_zone: Europe/Berlin, providers: [openai], models: ['gpt-4*'], overrides: [{usd: 5, until: 2027-01-31T00:00:00Z, reason: launch}]", "")
	f("usd: -1", ".usd: cannot be negative (-1)")
	f("usd: 1e10", ".usd: is 1e+10; an amount is at most 1000000000 dollars")
	f("usd: 1, window: 1x", `.window: "1x" is no window of time; hint: write a number and m, h, d, w, M, Q or Y, as 1d or 1M`)
	f("usd: 1, window: 0d", `.window: "0d" is no window of time; hint: write a number and m, h, d, w, M, Q or Y, as 1d or 1M`)
	f("usd: 1, window: 2d", `.window: "2d" does not begin with the calendar; hint: write align: rolling, or one d, w, M, Q or Y`)
	f("usd: 1, window: 1h, align: calendar", ".align: windows shorter than a day do not begin with the calendar; hint: leave it out")
	f("usd: 1, align: rolling, time_zone: UTC", ".time_zone: a rolling budget has none; hint: leave it out")
	f("usd: 1, time_zone: Nowhere/City", `.time_zone: "Nowhere/City" is no time zone that this machine knows; hint: write a name such as Europe/Berlin`)
	f("usd: 1, providers: [mistral]", `.providers[0]: no provider is named "mistral"`)
	f("usd: 1, overrides: [{usd: 2}]", ".overrides[0].reason: an override needs a reason; hint: say why: it is kept with the change")
}

func TestPricesOfADocument(t *testing.T) {
	f := func(prices, want string) {
		t.Helper()
		tells(t, base+"prices: {"+prices+"}\n", want)
	}
	f("files: [ours.txt], unknown: ceiling, ceiling: {input: 5, output: 10}", "")
	f("unknown: free", `2: prices.unknown: cannot be "free"; it is one of ceiling, refuse`)
	f("unknown: refuse, ceiling: {input: 1, output: 1}", "2: prices.ceiling: is never charged when unknown models are refused; hint: leave it out")
	f("ceiling: {input: 0, output: 0}", "2: prices.ceiling: is nothing: models without a price would be free")
	f("files: ['']", "2: prices.files[0]: names no file")
	f("overrides: [{name: a, scope: {provider: openai, provider_key: key-1}, model: 'gpt-*', operations: [chat], factor: 0.8, input: 1}]", "")
	f("overrides: [{name: a}]", `2: prices.overrides[0]: override "a" changes nothing`)
	f("overrides: [{name: a, factor: 0}]", "2: prices.overrides[0]: factor 0 cannot be: it is above 0 and at most 1000")
	f("overrides: [{name: a, output: -1}]", "2: prices.overrides[0]: output -1 is negative")
	f("overrides: [{name: a, factor: 1, operations: [chta]}]", `2: prices.overrides[0].operations[0]: "chta" is no operation; hint: did you mean chat?`)
	f("overrides: [{name: a, factor: 1, scope: {key: ci}}]", `2: prices.overrides[0].scope.key: no virtual key is named "ci"`)
	f("overrides: [{name: a, factor: 1},{name: a, factor: 1}]", `2: prices.overrides[1].name: override "a" is there already, as prices.overrides[0]`)
}

func TestWindows(t *testing.T) {
	f := func(text string, count int, unit byte, aligns bool) {
		t.Helper()
		w, ok := ParseWindow(text)
		if !ok || w.Count != count || w.Unit != unit || w.Aligns() != aligns || text != "" && w.String() != text {
			t.Errorf("%s is %+v, %v, aligns %v", text, w, ok, w.Aligns())
		}
	}
	f("", 1, 'M', true)
	f("5m", 5, 'm', false)
	f("1h", 1, 'h', false)
	f("1d", 1, 'd', true)
	f("2w", 2, 'w', true)
	f("1M", 1, 'M', true)
	f("2Q", 2, 'Q', true)
	f("1Y", 1, 'Y', true)
	for _, bad := range []string{"d", "-1d", "1", "11Y", "1s", "1.5h", "99999999999999999999d"} {
		if w, ok := ParseWindow(bad); ok {
			t.Errorf("%s is %+v", bad, w)
		}
	}
}

// People call their teams as they like, as long as nothing that shows a name is led astray.
func TestHolderNames(t *testing.T) {
	f := func(name, want string) {
		t.Helper()
		tells(t, "providers: [{name: ollama}]\nteams:\n- {name: "+name+"}\n", want)
	}
	const hint = "; hint: use letters, digits, single spaces and any of . _ - & , ' ( ) + @ #, beginning with a letter or digit"
	f("Data Science", "")
	f(`"ACME, Inc. (R&D)"`, "")
	f("Zoë's データ 2", "")
	f("ops@example.com", "")
	for _, bad := range []string{"a/b", "a:b", "a  b", "<b>", "&a", "a\u202eb", "a\u00a0b", "a\U0001f600b"} {
		f(`"`+bad+`"`, `3: teams[0].name: `+strconv.Quote(bad)+` cannot be the name of a team`+hint)
	}
	f(`"a "`, `3: teams[0].name: "a " cannot be the name of a team`+hint)
	f(`""`, "3: teams[0].name: a team needs a name")
	f(strings.Repeat("é", 33), "3: teams[0].name: is 66 bytes long; a name has at most 64")
}

// A key whose team is misspelt would be bound by nobody's limits and budgets.
func TestTeamsThatAreNot(t *testing.T) {
	const keys = "customers: [{name: acme}]\nteams: [{name: platform, customer: acme}]\n"
	tells(t, base+keys+"virtual_keys: [{name: a, key: 0123456789abcdef, team: platform, customer: acme}]\n", "")
	tells(t, base+keys+"virtual_keys: [{name: a, key: 0123456789abcdef, team: platfrom}, {name: b, key: 0123456789abcdeg, team: platfrom, customer: other}]\n",
		"4: warning: virtual_keys[0].team: no team is named \"platfrom\": no limit or budget of one holds here; hint: did you mean platform?\n"+
			"4: warning: virtual_keys[1].customer: no customer is named \"other\": no limit or budget of one holds here; hint: add it to customers")
	tells(t, base+"customers: [{name: acme}]\nteams: [{name: t, customer: acmee}]\n", "3: warning: teams[0].customer: no customer is named \"acmee\": no limit or budget of one holds here; hint: did you mean acme?")
	tells(t, base+"virtual_keys: [{name: a, key: 0123456789abcdef, team: label}]\n", "") // for logs alone
	tells(t, base+"store: {}\nteams: [{name: t}]\nvirtual_keys: [{name: a, key: 0123456789abcdef, team: kept}]\n", "")
}
