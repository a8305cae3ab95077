package cred

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// The types of credentials files.
const (
	googleAccount     = "service_account"
	googleUser        = "authorized_user"
	googleExternal    = "external_account"
	googleImpersonate = "impersonated_service_account"
)

// A googleFile holds the members of all types of credentials files.
type googleFile struct {
	Type     string `json:"type"`
	Quota    string `json:"quota_project_id"`
	TokenURI string `json:"token_uri"`

	Email string `json:"client_email"` // service_account
	Key   string `json:"private_key"`
	KeyID string `json:"private_key_id"`

	ClientID     string `json:"client_id"` // authorized_user
	ClientSecret string `json:"client_secret"`
	RefreshToken string `json:"refresh_token"`

	Impersonation string          `json:"service_account_impersonation_url"` // the last two
	Delegates     []string        `json:"delegates"`
	Source        json.RawMessage `json:"source_credentials"`

	Audience    string `json:"audience"` // external_account
	SubjectType string `json:"subject_token_type"`
	TokenURL    string `json:"token_url"`
	PoolProject string `json:"workforce_pool_user_project"`
	From        struct {
		File    string            `json:"file"`
		URL     string            `json:"url"`
		Headers map[string]string `json:"headers"`
		Format  struct {
			Type  string `json:"type"`
			Field string `json:"subject_token_field_name"`
		} `json:"format"`
		Environment string          `json:"environment_id"`
		Executable  json.RawMessage `json:"executable"`
	} `json:"credential_source"`
}

// parseGoogle reads a credentials file. Errors do not quote it.
func parseGoogle(data []byte) (*googleFile, error) {
	var f googleFile
	if err := json.Unmarshal(data, &f); err != nil {
		return nil, errors.New("these are not the credentials of Google Cloud: they are no JSON, or a field has the wrong type")
	}
	return &f, nil
}

// check reports what is missing or cannot be used. depth is the number of files that f is
// nested in.
func (f *googleFile) check(depth int) error {
	if depth >= maxNesting {
		return fmt.Errorf("more than %d credentials of Google Cloud are inside each other", maxNesting)
	}
	if f.Quota != "" && !visible(f.Quota) {
		return errors.New("quota_project_id in the credentials of Google Cloud is not a project")
	}
	switch f.Type {
	case googleAccount:
		if err := f.needs("client_email", f.Email, "private_key", f.Key); err != nil {
			return err
		}
		_, err := parseRSA(f.Key)
		return err
	case googleUser:
		return f.needs("client_id", f.ClientID, "client_secret", f.ClientSecret, "refresh_token", f.RefreshToken)
	case googleImpersonate:
		if err := f.needs("service_account_impersonation_url", f.Impersonation, "source_credentials", string(f.Source)); err != nil {
			return err
		}
		inner, err := parseGoogle(f.Source)
		if err != nil {
			return err
		}
		return inner.check(depth + 1)
	case googleExternal:
		return f.checkExternal()
	}
	return fmt.Errorf("credentials of Google Cloud have type %q, which asbru cannot use; it can use %s", short(f.Type),
		strings.Join([]string{googleAccount, googleUser, googleExternal, googleImpersonate}, ", "))
}

// needs takes alternating names and values, and reports the first that is empty.
func (f *googleFile) needs(fields ...string) error {
	for i := 0; i < len(fields); i += 2 {
		if fields[i+1] == "" {
			return fmt.Errorf("credentials of Google Cloud of type %s have no %s", f.Type, fields[i])
		}
	}
	return nil
}

// short shortens text of foreign origin for a message.
func short(s string) string {
	if len(s) > maxTold/4 {
		return s[:maxTold/4]
	}
	return s
}
