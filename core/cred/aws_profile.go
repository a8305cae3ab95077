package cred

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
)

// profiles are the sections of the shared files by name, with their settings.
type profiles map[string]map[string]string

// sharedFiles reads both shared files. If neither a home directory nor variables say where
// they are, there are none. A missing file is not an error.
//
// Source: https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html
func (c *client) sharedFiles() (profiles, error) {
	keys, conf := c.env("AWS_SHARED_CREDENTIALS_FILE"), c.env("AWS_CONFIG_FILE")
	if home := cmp.Or(c.env("HOME"), c.env("USERPROFILE")); home != "" {
		keys = cmp.Or(keys, filepath.Join(home, ".aws", "credentials"))
		conf = cmp.Or(conf, filepath.Join(home, ".aws", "config"))
	}
	all := profiles{}
	for _, path := range []string{conf, keys} { // the second takes precedence over the first
		if path == "" {
			continue
		}
		data, err := readFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		} else if err != nil {
			return nil, err
		}
		all.read(data, path == conf)
	}
	return all, nil
}

// read adds the profiles of one file. In a config file, sections of profiles other than
// default begin with the word profile, and other sections are skipped.
func (p profiles) read(data []byte, config bool) {
	var at map[string]string
	lines := 0
	for line := range strings.Lines(string(data)) {
		if lines++; lines > maxINILines {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		switch {
		case line == "", line[0] == '#', line[0] == ';':
		case line[0] == ' ', line[0] == '\t': // a nested setting; none of those that we read has any
		case line[0] == '[':
			name, good := section(line, config)
			if at = nil; good {
				if at = p[name]; at == nil {
					at = map[string]string{}
					p[name] = at
				}
			}
		default:
			key, value, ok := strings.Cut(line, "=")
			if ok && at != nil {
				at[strings.ToLower(strings.TrimSpace(key))] = strings.TrimSpace(uncomment(value))
			}
		}
	}
}

// section returns the profile that a line such as [profile dev] begins.
func section(line string, config bool) (name string, good bool) {
	name, _, closed := strings.Cut(line[1:], "]")
	name = strings.TrimSpace(name)
	if !closed || name == "" {
		return "", false
	}
	word, rest := name, ""
	if i := strings.IndexAny(name, " \t"); i > 0 {
		word, rest = name[:i], strings.TrimSpace(name[i:])
	}
	switch {
	case word == "profile" && rest != "":
		return strings.Trim(rest, `"'`), config
	case config:
		return name, name == "default"
	}
	return name, true
}

// uncomment cuts a value before a # or ; that follows a blank.
func uncomment(value string) string {
	for _, mark := range []string{" #", " ;", "\t#", "\t;"} {
		value, _, _ = strings.Cut(value, mark)
	}
	return value
}

// profile gets the key of a profile. The error is errNothing if there is no such profile, or
// if it has no key.
func (a AWSDefault) profile(ctx context.Context, c *client, name string) (*grant, error) {
	all, err := c.sharedFiles()
	if err != nil {
		return nil, err
	}
	g, err := a.follow(ctx, c, all, []string{name})
	if err != nil && !errors.Is(err, errNothing) {
		return nil, fmt.Errorf("profile %q of the shared files of AWS: %w", name, err)
	}
	return g, err
}

// follow gets the key of the last profile of path; the others refer to it, each to the next.
func (a AWSDefault) follow(ctx context.Context, c *client, all profiles, path []string) (*grant, error) {
	name := path[len(path)-1]
	p := all[name]
	again := len(path) > 1 && path[len(path)-2] == name // a role assumed with a key in the same profile
	switch {
	case p["role_arn"] != "" && !again:
		return a.assume(ctx, c, all, path)
	case p["aws_access_key_id"] != "" || p["aws_secret_access_key"] != "":
		g, err := AWS{AccessKey: p["aws_access_key_id"], Secret: NewSecret(p["aws_secret_access_key"]),
			Session: NewSecret(p["aws_session_token"])}.grant(fmt.Sprintf("profile %q", name))
		if err == nil {
			g.renew = reread
		}
		return g, err
	case p["sso_session"] != "" || p["sso_start_url"] != "":
		return nil, errors.New("a key by single sign-on needs a person; use a role, or a key of a user")
	case p["credential_process"] != "":
		return nil, errors.New("a key by credential_process would run a program; use a role, or a key of a user")
	}
	return nil, errNothing
}

// assume gets the key of the role that the last profile of path names.
func (a AWSDefault) assume(ctx context.Context, c *client, all profiles, path []string) (*grant, error) {
	p := all[path[len(path)-1]]
	r := role{arn: p["role_arn"], external: p["external_id"], session: p["role_session_name"], seconds: p["duration_seconds"]}
	at := a.sts(c, p["region"])
	if p["web_identity_token_file"] != "" {
		return at.identify(ctx, c, r, p["web_identity_token_file"])
	}
	if p["mfa_serial"] != "" {
		return nil, errors.New("mfa_serial needs a person; use a role that asks for no second factor")
	}
	var base *grant
	var err error
	switch from := p["credential_source"]; {
	case p["source_profile"] != "":
		if len(path) >= maxNesting {
			return nil, fmt.Errorf("source_profile leads through more than %d profiles", maxNesting)
		}
		base, err = a.follow(ctx, c, all, append(path, p["source_profile"]))
	case from == "Environment":
		base, err = environment(ctx, c)
	case from == "EcsContainer":
		base, err = container(ctx, c)
	case from == "Ec2InstanceMetadata":
		base, err = a.instance(ctx, c)
	default:
		return nil, errors.New("role_arn needs source_profile, credential_source or web_identity_token_file beside it")
	}
	if errors.Is(err, errNothing) {
		return nil, errors.New("the profile or source that the role is assumed with has no key")
	} else if err != nil {
		return nil, err
	}
	return at.assume(ctx, c, r, base.aws)
}
