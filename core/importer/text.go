package importer

import (
	"strconv"
	"strings"

	"asbru/core/config"
)

// A reference to a variable in the source becomes a reference in the document.

// reference returns the variable that f refers to. other reports that f is neither a reference nor a
// literal but something that cannot be imported, which has been reported.
func (f field) reference() (variable string, other bool) {
	if !f.there() {
		return "", false
	}
	if f.v.Form == config.Object { // {value, ref, type, env_var, from_env}
		return f.extended()
	}
	variable, ok := f.r.refer(f.text())
	if !ok {
		return "", false
	}
	if !isVariable(variable) {
		f.leave("what it refers to cannot be the name of a variable")
		return "", true
	}
	return variable, false
}

// extended reads a value that is written as an object.
func (f field) extended() (variable string, other bool) {
	env, ref, kind, from := f.at("env_var").text(), f.at("ref").text(), f.at("type").text(), f.at("from_env").on()
	f.at("value")
	switch {
	case kind == "vault" || strings.HasPrefix(ref, "vault."):
		f.leave("there are no vaults here; write the secret into a variable, a file or a credential of systemd")
		return "", true
	case env != "" || kind == "env" || from:
		if env == "" {
			env = ref
		}
		if env == "" {
			env = f.at("value").text()
		}
		if name, ok := f.r.refer(env); ok {
			env = name
		}
		if !isVariable(env) {
			f.leave("what it refers to cannot be the name of a variable")
			return "", true
		}
		return env, false
	}
	return "", false
}

// literal returns the text of a value that is not a reference.
func (f field) literal() string {
	if f.v != nil && f.v.Form == config.Object {
		return f.at("value").text()
	}
	return f.text()
}

// written returns f for a field of the document that holds no secret, ${NAME} for a reference. like
// is a plausible value, for the check.
func (f field) written(like string) string {
	variable, other := f.reference()
	switch {
	case other:
		return ""
	case variable != "":
		f.r.refers(variable, like)
		return "${" + variable + "}"
	}
	return escaped(f.literal())
}

// escaped returns text in the notation of a document.
func escaped(text string) string { return strings.ReplaceAll(text, "${", "$${") }

// secret returns f as a secret of the document. what describes it, for the name of the variable that
// replaces it. The zero Secret means that there is none.
func (f field) secret(what string) config.Secret {
	variable, other := f.reference()
	if other {
		variable = f.r.variable(what)
		f.tell("", "%s stands in its place", "env."+variable)
	}
	if variable != "" {
		f.r.refers(variable, "")
		return config.NewSecret("env."+variable, "")
	}
	text := f.literal()
	if text == "" {
		return config.Secret{}
	}
	return f.r.guard(f, what, text)
}

// guard returns a literal secret in the form that the document may hold it.
func (r *run) guard(f field, what, text string) config.Secret {
	if strings.HasPrefix(text, "vault.") {
		variable := r.variable(what)
		r.refers(variable, "")
		f.tell("", "there are no vaults here: env.%s stands in its place", variable)
		return config.NewSecret("env."+variable, "")
	}
	sayable := text != "***" && !strings.HasPrefix(text, "env.") && !strings.HasPrefix(text, "file:") && !strings.HasPrefix(text, "cred:")
	if r.o.Secrets && sayable {
		return config.NewSecret("", escaped(text))
	}
	variable, told := r.copied[text]
	if !told {
		variable = r.variable(what)
		r.copied[text] = variable
	}
	r.refers(variable, "")
	f.tell("set "+variable+" to it, or import with --with-secrets", "is a secret in the file: env.%s stands in its place", variable)
	return config.NewSecret("env."+variable, "")
}

// variable makes up a variable name that is not in use.
func (r *run) variable(what string) string {
	clean := strings.Map(func(c rune) rune {
		switch {
		case c >= 'a' && c <= 'z':
			return c - 'a' + 'A'
		case c >= 'A' && c <= 'Z' || c >= '0' && c <= '9':
			return c
		}
		return '_'
	}, what)
	clean = clean[:min(len(clean), maxHint)]
	if clean == "" || clean[0] >= '0' && clean[0] <= '9' {
		clean = "KEY_" + clean
	}
	name := clean
	for n := 2; r.standIn[name] != "" || r.names["variable:"+name]; n++ {
		name = clean + "_" + strconv.Itoa(n)
	}
	r.names["variable:"+name] = true
	return name
}

func isVariable(s string) bool {
	for i, c := range s {
		digit := c >= '0' && c <= '9'
		if c != '_' && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && (!digit || i == 0) {
			return false
		}
	}
	return s != ""
}

// short quotes a word of the source that is not a secret, cut to a bound.
func short(s string) string {
	if len(s) > maxHint {
		s = strings.ToValidUTF8(s[:maxHint], "") + "…"
	}
	return `"` + s + `"`
}
