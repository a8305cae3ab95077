package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"time"

	"asbru/bench/standin"
)

// families are the formats of the providers that every SDK is let loose on, each a
// provider of its own behind asbru, with the beginning of the names of its models. The
// end of a name is what the stand-in does: see [standin.Scenarios]. The beginnings are
// such that vendors' SDKs and asbru think of models with every ability.
var families = []struct{ name, kind, path, models string }{
	{"openai", "openai", "/v1", "gpt-5-"},
	{"responses", "opencode-zen", "/v1", "gpt-5-"},
	{"anthropic", "anthropic", "/v1", "claude-sonnet-4-5-"},
	{"gemini", "gemini", "/v1beta", "gemini-2.5-pro-"},
	{"bedrock", "bedrock", "", "us.anthropic.claude-sonnet-4-5-"},
	{"cohere", "cohere", "", "command-a-reasoning-"},
}

// languages are those with a folder of suites in e2e/sdk, and what runs a file of it.
func (t *tools) languages() []language {
	return []language{
		{"node", t.node, "suite*.mjs", []string{"SDK_MODULES=" + t.module}},
		{"python", t.python, "suite*.py", nil},
		{"go", t.goSuite, "", nil},
	}
}

// A language has SDKs. Without files its program is the suite.
type language struct {
	name, program, files string
	env                  []string
}

// commands are the suites of a language.
func (l *language) commands(dir string) (all [][]string, err error) {
	if l.files == "" {
		return [][]string{{l.program}}, nil
	}
	names, err := filepath.Glob(filepath.Join(dir, l.name, l.files))
	sort.Strings(names)
	for _, name := range names {
		all = append(all, []string{l.program, name})
	}
	return all, err
}

// sdks runs every suite there is a program for, one after the other.
func (t *tools) sdks(m *matrix) error {
	dir, err := os.MkdirTemp("", "asbru-sdks-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if t.module, err = filepath.Abs(t.module); err != nil {
		return err
	}
	for _, l := range t.languages() {
		if t.only != "" && !slices.Contains(strings.Split(t.only, ","), l.name) {
			continue
		}
		if l.program == "" {
			m.skip("SDKs for "+l.name, l.name+" or what it needs is not installed")
			continue
		}
		all, err := l.commands(t.sdk)
		if err != nil {
			return err
		}
		for _, cmd := range all {
			if err := t.suite(m, dir, cmd, l.env); err != nil {
				m.add(check{SDK: filepath.Base(cmd[len(cmd)-1]), Call: "all", Error: err.Error()})
			}
		}
	}
	return nil
}

// suite runs one program of checks with a stand-in and an asbru of its own.
func (t *tools) suite(m *matrix, dir string, cmd, env []string) error {
	ctx, cancel := context.WithTimeout(context.Background(), sdkWait)
	defer cancel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	go standin.New(standin.Options{}).Serve(ctx, l)
	upstream := "http://" + l.Addr().String()
	var states [2]string
	for i := range states {
		if states[i], err = os.MkdirTemp(dir, "state-"); err != nil {
			return err
		}
	}
	g, err := gateway(dir, t.asbru, sdkConfig(upstream, states[0]))
	if err != nil {
		return err
	}
	safe, ca, err := secure(dir, t.asbru, sdkConfig(upstream, states[1]))
	if err != nil {
		g.stop()
		return err
	}
	models := map[string]string{}
	for _, f := range families {
		models[f.name] = f.name + "/" + f.models
	}
	b, err := json.Marshal(models)
	if err != nil {
		return err
	}
	env = append(slices.Clone(env), "GATEWAY="+g.base, "SECURE="+safe.base, "SSL_CERT_FILE="+ca, "NODE_EXTRA_CA_CERTS="+ca, "UPSTREAM="+upstream, "KEY="+virtualKey,
		"MODELS="+string(b), "SHORT="+t.short(), "PYTHONDONTWRITEBYTECODE=1")
	err = m.read(ctx, cmd, env)
	for _, p := range []*program{g, safe} {
		if stopped := p.stop(); stopped != nil {
			m.add(check{SDK: "asbru", Call: "stop", Error: stopped.Error()})
		}
	}
	return err
}

// sdkConfig has a provider of every family, all of them the stand-in. state is a directory of its own, for the ledger and
// for the audit trail beside it.
func sdkConfig(upstream, state string) string {
	var b bytes.Buffer
	b.WriteString("providers:\n")
	for _, f := range families {
		key := "api_key: " + upstreamKey
		if f.kind == "bedrock" {
			key = "options: {region: us-east-1}, auth: {type: aws, access_key: AKIDSTANDIN, secret_key: " + upstreamKey + "}"
		}
		fmt.Fprintf(&b, "  - {name: %s, type: %s, base_url: %s%s, %s, models: [only-%s], breaker: {off: true, when_all_benched: try}, network: {allow_private_network: true}}\n",
			f.name, f.kind, upstream, f.path, key, f.name)
	}
	// litellm takes responses/ in a name for a word of its own.
	fmt.Fprintf(&b, "  - {name: replies, type: opencode-zen, base_url: %s/v1, api_key: %s, models: [only-replies], breaker: {off: true, when_all_benched: try}, network: {allow_private_network: true}}\n", upstream, upstreamKey)
	fmt.Fprintf(&b, "models:\n")
	for _, f := range families {
		fmt.Fprintf(&b, "  - {alias: fast-%s, provider: %s, model: %stext}\n", f.name, f.name, f.models)
	}
	fmt.Fprintf(&b, "prices: {unknown: ceiling}\ngovernance: {ledger: %s, objects: {unrecorded: shown}} # the suites name things that nobody made\nvirtual_keys:\n", filepath.Join(state, "ledger"))
	for _, k := range virtualKeys {
		fmt.Fprintf(&b, "  - {name: %s, key: %s%s}\n", k.name, strings.Replace(virtualKey, "clients", k.name, 1), k.more)
	}
	return b.String()
}

// virtualKeys are those of the suites: one that may do everything, and one for each way of being refused. Each is
// virtualKey with its own name in it.
var virtualKeys = []struct{ name, more string }{
	{"clients", ""},
	{"expired", ", expires: 2026-01-01T00:00:00Z"},
	{"narrow", ", allowed_models: [fast-openai, fast-anthropic, fast-gemini, fast-bedrock, fast-cohere]"},
	{"poor", ", budgets: [{usd: 0.000001, window: 1d}]"},
	{"hasty", ", rate_limits: [{requests: 1, per: 1h}]"},
}

// read runs a suite and takes its lines.
func (m *matrix) read(ctx context.Context, cmd, env []string) error {
	c := exec.CommandContext(ctx, cmd[0], cmd[1:]...)
	c.Env = environ(env...)
	c.WaitDelay = time.Second
	var errs bytes.Buffer
	c.Stderr = &errs
	out, err := c.StdoutPipe()
	if err != nil {
		return err
	}
	if err := c.Start(); err != nil {
		return err
	}
	in := bufio.NewScanner(out)
	in.Buffer(nil, maxLine)
	for in.Scan() {
		var k check
		if err := json.Unmarshal(in.Bytes(), &k); err != nil || k.SDK == "" {
			k = check{SDK: filepath.Base(cmd[len(cmd)-1]), Call: "output", Error: in.Text()}
		}
		m.add(k)
	}
	if errs.Len() > 0 { // an SDK that warns has seen something it does not like
		m.add(check{SDK: filepath.Base(cmd[len(cmd)-1]), Call: "warnings", Error: errs.String()})
	}
	return c.Wait()
}

// short tells a suite to run the short form: "1", or nothing.
func (t *tools) short() string {
	if t.brief {
		return "1"
	}
	return ""
}
