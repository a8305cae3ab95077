package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const credential = "sk-very-secret"

func TestSecretCannotPrint(t *testing.T) {
	type inside struct{ hidden Secret }
	for _, s := range []Secret{NewSecret("", credential), NewSecret("env.KEY", credential)} {
		values := []any{s, &s, []Secret{s}, map[string]Secret{"k": s}, Key{Value: s}, &Key{Value: s}, inside{s}, &inside{s},
			Document{Providers: []Provider{{APIKey: s}}}}
		for _, v := range values {
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T", "%p", "%08.3f", "%t", "%c", "%U"} {
				leaks(t, verb, fmt.Sprintf(verb, v))
			}
			text, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			leaks(t, "json", string(text))
			var log bytes.Buffer
			slog.New(slog.NewTextHandler(&log, nil)).Info("x", "v", v)
			slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "v", v)
			leaks(t, "slog", log.String())
			leaks(t, "error", fmt.Errorf("with %w and %v", os.ErrInvalid, v).Error())
		}
	}
	if got := fmt.Sprintf("%v %#v %x", NewSecret("", "a"), NewSecret("env.K", "a"), Secret{}); got != "*** env.K " {
		t.Errorf("prints %q", got)
	}
}

func leaks(t *testing.T, how, text string) {
	t.Helper()
	for _, form := range []string{credential, fmt.Sprintf("%x", credential), fmt.Sprintf("%X", credential), "very"} {
		if strings.Contains(text, form) {
			t.Errorf("%s shows the credential: %s", how, text)
		}
	}
}

func TestProblemsDoNotShowSecrets(t *testing.T) {
	f := func(doc string) {
		t.Helper()
		_, problems := Decode("t.yaml", []byte(doc), testEnv("S="+credential, "L="+credential+"\n"))
		if len(problems) == 0 {
			t.Errorf("no problem with %s", doc)
		}
		leaks(t, "problem", text(problems))
	}
	f("providers: [{name: openai, api_key: ${L}}]")
	f("providers: [{name: openai, api_key: [" + credential + "]}]")
	f("providers: [{name: openai, api_key: {" + credential + ": 1}}]\nlimits: " + credential)
	f("providers: [{name: openai, keys: " + credential[:13] + "\n}]\nlimits: {idle_timeout: ${S}, body_bytes: ${S}, connections: ${S}}")
	f("providers: [{name: openai, api_key: k, base_url: 'https://u:" + credential + "@host'}]")
	f("providers: [{name: openai, api_key: k, base_url: 'https://u:%zz" + credential + "@host'}]")
	f(base + "virtual_keys: [{name: a, key: ${S}}, {name: b, key: ${S}}]")
}

func TestReferences(t *testing.T) {
	dir := t.TempDir()
	put := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	put("cred", "from systemd\n")
	file := put("file", "from a file\r\n")
	put("empty", "\n")
	put("large", strings.Repeat("x", maxSecretBytes+1))
	env := testEnv("A=one", "B=two", "EMPTY=", "DIR="+dir, "CREDENTIALS_DIRECTORY="+dir, "TRICK=${A}")
	f := func(text, value, ref, trouble string) {
		t.Helper()
		s, bad := env.secret(text)
		if bad != nil {
			if trouble == "" || !strings.Contains(bad.message, trouble) {
				t.Errorf("%s: %s", text, bad.message)
			}
			return
		}
		if trouble != "" || s.Reveal() != value || s.Ref() != ref {
			t.Errorf("%s is %q from %q; want %q from %q, or %s", text, s.Reveal(), s.Ref(), value, ref, trouble)
		}
	}
	f("", "", "", "")
	f("literal", "literal", "", "")
	f("${A}", "one", "${A}", "")
	f("env.A", "one", "env.A", "")
	f("Bearer ${A}", "Bearer one", "", "")
	f("${A}${B}", "onetwo", "", "")
	f("${TRICK}", "${A}", "${TRICK}", "") // a value is never looked into
	f("env.TRICK", "${A}", "env.TRICK", "")
	f("$${A}", "${A}", "", "")
	f("file:"+file, "from a file", "file:"+file, "")
	f("file:${DIR}/file", "from a file", "file:${DIR}/file", "")
	f("cred:cred", "from systemd", "cred:cred", "")
	f("${NOPE}", "", "", "environment variable NOPE is not set")
	f("env.NOPE", "", "", "environment variable NOPE is not set")
	f("env.no-name", "", "", "cannot be a variable's name")
	f("${no-name}", "", "", "without a variable's name")
	f("${A", "", "", "without a variable's name")
	f("${A:-x}", "", "", "without a variable's name")
	f("env.EMPTY", "", "", "is empty")
	f("***", "", "", "only stands for a secret")
	f("file:/nowhere/at/all", "", "", `cannot read secret file "/nowhere/at/all": no such file or directory`)
	f("file:"+dir, "", "", "not a regular file")
	f("file:"+os.DevNull, "", "", "not a regular file")
	f("file:"+dir+"/empty", "", "", "is empty")
	f("file:"+dir+"/large", "", "", "larger than 65536 bytes")
	f("cred:../file", "", "", "cannot be a credential's name")
	f("cred:..", "", "", "cannot be a credential's name")
	env = testEnv()
	f("cred:x", "", "", "CREDENTIALS_DIRECTORY is not set")
}

func TestReferencesInText(t *testing.T) {
	doc, problems := Decode("t.yaml", []byte(`listen: ${HOST}:${PORT}
limits: {connections: ${N}, idle_timeout: ${WAIT}, body_bytes: "${N}KiB"}
allow_anonymous: ${YES}
providers:
  - {name: box, base_url: http://${HOST}:1/v1, headers: {X-A: "a: ${ODD}", X-B: '$${N}'}}
`), testEnv("HOST=127.0.0.1", "PORT=80", "N=7", "WAIT=3s", "YES=true", "ODD={b}, [c] # d"))
	if doc == nil {
		t.Fatal(text(problems))
	}
	p := doc.Providers[0]
	if doc.Listen != "127.0.0.1:80" || doc.Limits.Connections != 7 || doc.Limits.IdleTimeout.String() != "3s" || doc.Limits.BodyBytes != 7<<10 ||
		!*doc.AllowAnonymous || p.BaseURL != "http://127.0.0.1:1/v1" || p.Headers["X-A"] != "a: {b}, [c] # d" || p.Headers["X-B"] != "${N}" {
		t.Errorf("read %+v", doc)
	}
	tells(t, base+"listen: ${N}\n", `2: listen: "a: b\nproviders: []" is not an address to listen on; hint: write host:port, such as 127.0.0.1:8080 or [::1]:8080, or systemd`, "N=a: b\nproviders: []")
	tells(t, base+"limits: {connections: ${N}}\n", "2: limits.connections: expected a whole number; the variable's value is something else", "N=x")
	tells(t, base+"listen: ${N}\n", "2: listen: is longer than 1048576 bytes once ${N} is put in", "N="+strings.Repeat("x", maxTextBytes+1))
}
