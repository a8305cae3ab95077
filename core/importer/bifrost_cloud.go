package importer

import (
	"slices"
	"strings"

	"asbru/core/config"
)

// ofKind imports settings that only keys of one kind of provider have.
func (b *bifrost) ofKind(f field, provider, kind string, k *keyed) {
	what := provider + "_" + k.Name
	switch kind {
	case "azure":
		b.azure(f.at("azure_key_config"), what, k)
	case "bedrock":
		b.aws(f.at("bedrock_key_config"), what, k)
	case "bedrock-mantle":
		c := f.at("bedrock_mantle_key_config")
		if !c.there() {
			c = f.at("bedrock_key_config")
		}
		b.aws(c, what, k)
	case "vertex":
		b.vertex(f.at("vertex_key_config"), what, k)
	case "vllm":
		c := f.at("vllm_key_config")
		k.base = b.address(c.at("url"), kind)
		if m := c.at("model_name").written(""); m != "" {
			if len(k.Models) > 0 && !slices.Contains(k.Models, m) {
				f.at("models").leave("the server has one model, which model_name names")
			}
			k.Models = []string{m}
		}
	case "ollama":
		k.base = b.address(f.at("ollama_key_config").at("url"), kind)
	case "sglang":
		k.base = b.address(f.at("sgl_key_config").at("url"), kind)
	case "databricks":
		b.databricks(f.at("databricks_key_config"), what, k)
	case "replicate":
		f.at("replicate_key_config").leave("the path is what the provider's type knows")
	case "github-copilot":
		c := f.at("github_copilot_key_config")
		c.leave("tokens of GitHub Apps are not made here; write one as the key")
		k.bare = k.bare || c.there() && !k.Value.Set()
	}
}

func (b *bifrost) azure(f field, what string, k *keyed) {
	k.base = strings.TrimRight(f.at("endpoint").written("https://contoso.openai.azure.com"), "/")
	tenant, id, secret := f.at("tenant_id"), f.at("client_id"), f.at("client_secret")
	switch {
	case tenant.there() || secret.there():
		if k.Value.Set() {
			f.partly("the application (client_id) is what signs in, the key in value is left out")
			k.Value = config.Secret{}
		}
		k.Auth = &config.Auth{Type: config.AuthEntra, TenantID: tenant.written(""), ClientID: id.written(""), ClientSecret: secret.secret(what + "_CLIENT_SECRET")}
	case !k.Value.Set():
		k.Auth = &config.Auth{Type: config.AuthEntraIdentity, ClientID: id.written("")}
		k.from.partly("has no value: the identity of the machine is used (auth: azure-identity)")
	default:
		id.leave("it is for signing in, and there is a key")
	}
	scopes, _ := f.at("scopes").names()
	if k.Auth != nil && len(scopes) > 0 {
		k.Auth.Scope = strings.Join(scopes, " ")
	}
	f.at("api_version").leave("the v1 surface of Azure has no versions")
	k.aliases = append(k.aliases, aliasesOf(f.at("deployments"))...)
}

func (b *bifrost) aws(f field, what string, k *keyed) {
	region := f.at("region").written("")
	if region == "" {
		region = "us-east-1"
		k.from.partly("names no region: us-east-1 is taken")
	}
	k.options = map[string]string{"region": region}
	auth := &config.Auth{Type: config.AuthAWS, AccessKey: f.at("access_key").secret(what + "_ACCESS_KEY"), SecretKey: f.at("secret_key").secret(what + "_SECRET_KEY"),
		SessionToken: f.at("session_token").secret(what + "_SESSION_TOKEN"), RoleARN: f.at("role_arn").written("arn:aws:iam::123456789012:role/imported")}
	if auth.RoleARN != "" {
		auth.ExternalID, auth.SessionName = f.at("external_id").written(""), f.at("session_name").written("")
	} else {
		f.leaveAll([]left{{"external_id", "there is no role_arn"}, {"session_name", "there is no role_arn"}})
	}
	if k.Value.Set() {
		if auth.AccessKey.Set() || auth.RoleARN != "" {
			f.partly("the key in value is what is sent, not a signature")
		}
	} else {
		k.Auth = auth
	}
	k.aliases = append(k.aliases, aliasesOf(f.at("deployments"))...)
	f.leaveAll([]left{{"arn", "write the profile's ARN as the model of an alias"}, {"project_id", "requests name no project"},
		{"batch_s3_config", "files and batches of Bedrock are not made here"}})
}

func (b *bifrost) vertex(f field, what string, k *keyed) {
	k.options = map[string]string{}
	for option, name := range map[string]string{"project": "project_id", "region": "region"} {
		if text := f.at(name).written(""); text != "" {
			k.options[option] = text
		}
	}
	credentials := f.at("auth_credentials").secret(what + "_CREDENTIALS")
	if !k.Value.Set() || credentials.Set() {
		if k.Value.Set() {
			f.partly("the service account (auth_credentials) is what signs in, the key in value is left out")
			k.Value = config.Secret{}
		}
		k.Auth = &config.Auth{Type: config.AuthGoogle, Credentials: credentials}
	}
	k.aliases = append(k.aliases, aliasesOf(f.at("deployments"))...)
	f.at("force_single_region").flag() // only the configured region is asked here anyway
	f.at("project_number").leave("the project is known by its id")
}

func (b *bifrost) databricks(f field, what string, k *keyed) {
	workspace := strings.TrimRight(f.at("workspace_url").written("dbc-1.cloud.databricks.com"), "/")
	workspace = strings.TrimPrefix(workspace, "https://")
	if workspace != "" {
		k.options = map[string]string{"workspace": workspace}
	}
	if id := f.at("client_id").written(""); id != "" && !k.Value.Set() {
		k.Auth = &config.Auth{Type: config.AuthOAuth, TokenURL: "https://" + workspace + "/oidc/v1/token", ClientID: id,
			ClientSecret: f.at("client_secret").secret(what + "_CLIENT_SECRET"), Scope: "all-apis", Basic: true}
	} else {
		f.at("client_secret").leave("it is for signing in, and there is a key")
	}
	f.leaveAll([]left{{"api_format", "the format is chosen by the model"}, {"forward_gateway_tags", "no tags are sent"}})
}
