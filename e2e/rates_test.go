package e2e

import (
	"fmt"
	"strings"
	"syscall"
	"testing"

	"asbru/bench/valkey"
)

// Two gateways that share a Valkey have one common limit of requests. Without it each has its own.
func TestMachinesShareRateLimits(t *testing.T) {
	base, _ := paid(t)
	store := valkey.Start(t)
	const most = 40
	config := "providers: [{name: mine, base_url: '" + base + "', models: [m]}]\nadmin: {listen: '127.0.0.1:0'}\n" +
		"governance: {shared_limits: '" + store.URL() + "'}\n" +
		fmt.Sprintf("virtual_keys: [{name: ci, key: secret-of-ci-0001, rate_limits: [{requests: %d, per: 24h}, {tokens: 1000000}]}]\n", most)
	var machines [2]*gateway
	here := func(want string) {
		t.Helper()
		for _, g := range machines {
			await(t, "shared rates to be "+want, func() bool {
				chat(t, g, "m", "", "Authorization: Bearer secret-of-ci-0001") // a gateway without requests does not contact the server
				return strings.Contains(ask(t, "GET", "http://"+g.admin+"/metrics", "").body, "asbru_shared_rates_here "+want+"\n")
			}, g.stderr.String)
		}
	}
	for i := range machines {
		machines[i] = serve(t, config)
	}
	for _, g := range machines {
		await(t, "rates to be shared", func() bool {
			return strings.Contains(ask(t, "GET", "http://"+g.admin+"/metrics", "").body, "asbru_shared_rates_here 1\n")
		}, g.stderr.String)
	}
	call := func(g *gateway) int {
		t.Helper()
		a := chat(t, g, "m", "", "Authorization: Bearer secret-of-ci-0001")
		if a.status == 429 && (a.head.Get("Retry-After") == "" || !strings.Contains(a.body, "40 requests a day")) {
			t.Errorf("%v %s", a.head, a.body)
		}
		return a.status
	}
	passed := 0
	for i := range most {
		if call(machines[i%2]) == 200 {
			passed++
		}
	}
	await(t, "the rest of the limit", func() bool { // the other gateway holds a part of it until it has been idle
		if passed < most && call(machines[0]) == 200 {
			passed++
		}
		return passed == most
	}, machines[0].stderr.String)
	for i := range 20 {
		if status := call(machines[i%2]); status != 429 {
			t.Errorf("request %d beyond the limit is %d", i, status)
		}
	}
	store.Stop()
	here("0") // each knows only what it has let through itself
	if status := call(machines[1]); status != 200 {
		t.Errorf("alone a machine that has let a part of the limit through says %d", status)
	}
	store.Start()
	here("1")
	machines[0].signal(syscall.SIGTERM)
	machines[0].ends(0)
}
