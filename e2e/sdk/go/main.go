package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"sort"
	"strings"
)

// place is where the calls go.
type place struct {
	base   string            // asbru, without a path
	key    string            // the virtual key
	up     upstream          // the provider behind
	models map[string]string // family → the beginning of its models' names
}

// families are in the order they are tried.
var families = [...]string{"openai", "responses", "anthropic", "gemini", "bedrock", "cohere"}

// prefixes are used when MODELS is not set.
const prefixes = `{"openai":"openai/gpt-5-","responses":"responses/gpt-5-","anthropic":"anthropic/claude-sonnet-4-5-",
	"gemini":"gemini/gemini-2.5-pro-","bedrock":"bedrock/us.anthropic.claude-sonnet-4-5-","cohere":"cohere/command-a-reasoning-"}`

func main() {
	if err := start(); err != nil {
		fmt.Fprintln(os.Stderr, "asbru-sdk-go:", err)
		os.Exit(1)
	}
}

func start() error {
	p := place{}
	var only, calls string
	flag.StringVar(&p.base, "base", os.Getenv("GATEWAY"), "`URL` of asbru")
	flag.StringVar(&p.key, "key", os.Getenv("KEY"), "virtual key")
	flag.StringVar(&p.up.base, "upstream", os.Getenv("UPSTREAM"), "`URL` of the stand-in provider")
	flag.StringVar(&only, "only", "", "run the SDKs whose names begin with this")
	flag.StringVar(&calls, "calls", "", "run the calls whose names begin with this")
	flag.Parse()
	models := os.Getenv("MODELS")
	if models == "" {
		models = prefixes
	}
	if err := json.Unmarshal([]byte(models), &p.models); err != nil {
		return fmt.Errorf("cannot read MODELS: %w", err)
	}
	if p.base == "" || p.up.base == "" {
		return fmt.Errorf("cannot run without -base and -upstream")
	}
	if p.key == "" {
		p.key = "none"
	}
	clearEnvironment()
	log.SetOutput(warnings{})
	short := os.Getenv("SHORT") != ""
	for i, s := range sdks(&p) {
		if !strings.HasPrefix(s.name, only) || short && s.name != "openai-go chat" {
			continue
		}
		t := teller{sdk: s.name, out: os.Stdout, calls: calls}
		for _, f := range families {
			t.family = f
			t.chats(&p, s)
		}
		t.family = ""
		t.others(&p, s)
		t.governed(&p, i)
	}
	return nil
}

// warnings is where the SDKs log: their words for a call that we cancelled are no warning.
type warnings struct{}

func (warnings) Write(b []byte) (int, error) {
	if bytes.Contains(b, []byte("context canceled")) {
		return len(b), nil
	}
	return os.Stderr.Write(b)
}

// clearEnvironment takes away what an SDK would be steered by.
func clearEnvironment() {
	for _, kv := range os.Environ() {
		name, _, _ := strings.Cut(kv, "=")
		for _, p := range []string{"OPENAI_", "ANTHROPIC_", "AWS_", "GOOGLE_", "GEMINI_", "CO_API", "COHERE_"} {
			if strings.HasPrefix(name, p) {
				os.Unsetenv(name)
			}
		}
		if strings.HasSuffix(strings.ToLower(name), "_proxy") {
			os.Unsetenv(name)
		}
	}
	os.Setenv("NO_PROXY", "127.0.0.1,localhost")
	os.Setenv("AWS_EC2_METADATA_DISABLED", "true")
}

// A check is one line of the output; e2e/clients has the meaning of its members.
type check struct {
	SDK     string `json:"sdk"`
	Family  string `json:"family,omitempty"`
	Call    string `json:"call"`
	Stream  bool   `json:"stream,omitempty"`
	Error   string `json:"error,omitempty"`
	Refused string `json:"refused,omitempty"`
	Skip    string `json:"skip,omitempty"`
}

// A teller prints the checks of one SDK.
type teller struct {
	sdk, family, calls string
	out                *os.File
}

func (t *teller) tell(k check) {
	k.SDK, k.Family = t.sdk, t.family
	b, err := json.Marshal(k)
	if err != nil {
		panic(err) // strings can be written
	}
	t.out.Write(append(b, '\n'))
}

// names are those of a set, sorted.
func names[V any](m map[string]V) []string {
	all := make([]string, 0, len(m))
	for name := range m {
		all = append(all, name)
	}
	sort.Strings(all)
	return all
}
