package config

import (
	"strings"
	"testing"
)

func TestRules(t *testing.T) {
	const keys = "virtual_keys: [{name: ci, key: 0123456789abcdef, team: platform, customer: acme}]\n"
	f := func(rule, want string) {
		t.Helper()
		tells(t, base+keys+"routing:\n  rules:\n    - "+rule+"\n", want)
	}
	const to = ", targets: [{provider: openai}]}"
	f(`{name: a`+to, "")
	f(`{name: a, when: 'model == "gpt-4o"', scope: {key: ci}, priority: -3, targets: [{provider: openai, model: m, weight: 70}, {model: openai/x, weight: 0}], fallbacks: [gpt-4o, openai/], chain: true}`, "")
	f(`{name: a, scope: {team: platform}`+to, "")
	f(`{name: a, scope: {customer: acme}`+to, "")
	f(`{when: stream`+to, "5: routing.rules[0].name: a rule needs a name")
	f(`{name: a, targets: []}`, `5: routing.rules[0].targets: rule "a" leads nowhere; hint: name a provider, a model, or both`)
	f(`{name: a, targets: [{weight: 1}]}`, `5: routing.rules[0].targets[0]: names neither a provider nor a model`)
	f(`{name: a, targets: [{provider: opanai}]}`, `5: routing.rules[0].targets[0].provider: no provider is named "opanai"; hint: did you mean openai?`)
	f(`{name: a, targets: [{model: xyz}]}`, `5: routing.rules[0].targets[0].model: no provider serves "xyz"; hint: name an alias, or write provider/model`)
	f(`{name: a, targets: [{model: gpt-4o, key: k}]}`, `5: routing.rules[0].targets[0].key: belongs to no provider; hint: name the provider too`)
	f(`{name: a, targets: [{provider: openai, weight: -1}, {provider: openai, weight: 1000001}]}`, "5: routing.rules[0].targets[0].weight: is -1; weights are 0 to 1000000\n5: routing.rules[0].targets[1].weight: is 1000001; weights are 0 to 1000000")
	f(`{name: a, targets: [{provider: openai, weight: 0}]}`, `5: routing.rules[0].targets: have no weight: none is ever drawn; hint: give one a weight above 0`)
	f(`{name: a, fallbacks: [xyz, nobody/]`+to, "5: routing.rules[0].fallbacks[0]: no provider serves \"xyz\"; hint: name an alias, or write provider/model\n5: routing.rules[0].fallbacks[1]: no provider serves \"nobody/\"; hint: name an alias, or write provider/model")
	f(`{name: a, scope: {key: co}`+to, `5: routing.rules[0].scope.key: no virtual key has the name "co"; hint: did you mean ci?`)
	f(`{name: a, scope: {team: platfrom}`+to, `5: routing.rules[0].scope.team: no virtual key has the team "platfrom"; hint: did you mean platform?`)
	f(`{name: a, scope: {key: ci, team: platform}`+to, "5: routing.rules[0].scope: names 2 of key, team and customer; a rule is for one of them; hint: make a rule of each")
	f(`{name: a`+to+"\n    - {name: a"+to, `6: routing.rules[1].name: rule "a" is there already, as routing.rules[0]`)
	f(`{name: a, when: 'budget_used > 80'`+to, "5: warning: routing.rules[0].when: budget_used is always 0: this version measures no budgets and limits")
	f(`{name: a, when: 'model > 3'`+to, `5: routing.rules[0].when: at "> 3": a string cannot be compared with a whole number; hint: put the value in quotes`)
	f(`{name: a, when: 'model =='`+to, "5: routing.rules[0].when: at the end: the condition ends where a value was expected")
	tells(t, base+"routing: {rules: ["+strings.Repeat("{name: a"+to+",", MaxRules+1)+"]}\n", "2: routing.rules: holds 1001 rules; there are at most 1000")
}

// The position of a mistake in a condition is its position in the file.
func TestRulePositions(t *testing.T) {
	f := func(name, before, when string, line, column int) {
		t.Helper()
		_, problems := Decode(name, []byte(before+when), testEnv())
		if len(problems) != 1 || problems[0].Line != line || problems[0].Column != column {
			t.Errorf("%s\ngives %+v, want %d:%d", before+when, problems, line, column)
		}
	}
	const yaml = "providers: [{name: openai, api_key: a-key-for-openai}]\nrouting:\n  rules:\n  - name: a\n    targets: [{provider: openai}]\n    when: "
	f("a.yaml", yaml, "stream && modle == 'x'\n", 6, 21)
	f("a.yaml", yaml, "'stream && modle == \"x\"'\n", 6, 22)
	f("a.yaml", yaml, "'params[''ä''] == \"ö\" && modle == \"x\"'\n", 6, 36)
	f("a.yaml", yaml, "\"model == \\\"x\\\" && modle == \\\"x\\\"\"\n", 6, 30)
	f("a.yaml", yaml, "|\n      stream\n        && modle == \"x\"\n", 8, 12)
	f("a.yaml", yaml, ">\n      stream &&\n\n      modle == \"x\"\n", 9, 7)
	f("a.yaml", yaml, "stream &&\n      modle == 'x'\n", 7, 7)
	f("a.yaml", yaml, "&c stream && modle\n", 6, 11) // behind an anchor: where it begins
	f("a.yaml", yaml, "\"stream \\u0026& modle\"\n", 6, 11)
	f("a.json", `{"providers": [{"name": "openai", "api_key": "a-key-for-openai"}],`+"\n"+`"routing": {"rules": [{"name": "a", "targets": [{"provider": "openai"}],`+"\n", `"when": "stream && modle == \"x\""}]}}`, 3, 20)
}
