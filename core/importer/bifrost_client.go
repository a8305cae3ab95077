package importer

import (
	"strings"

	"asbru/core/config"
)

// client imports the block client.
func (b *bifrost) client(f, root field) {
	if !f.object() {
		b.anonymous(root)
		return
	}
	f.at("drop_excess_requests").flag() // the queues of providers use it
	if mb := f.at("max_request_body_size_mb"); mb.there() {
		if n, ok := mb.count(1 << 20); ok {
			b.doc.Limits.BodyBytes = config.Size(n) << 20
		}
	}
	if on, ok := f.at("enable_logging").flag(); ok && on {
		b.doc.Observability.AccessLog = "stdout"
		f.at("enable_logging").partly("is the access log on the standard output; no prompts are in it")
	}
	for _, h := range f.at("required_headers").items() {
		if name := h.written(""); name != "" {
			b.doc.Governance.RequiredHeaders = append(b.doc.Governance.RequiredHeaders, name)
		}
	}
	for _, o := range f.at("allowed_origins").items() {
		name := strings.TrimSuffix(o.text(), "/")
		if !config.IsOrigin(name) {
			o.leave("it is no origin that browsers send: write scheme://host or scheme://host:port")
			continue
		}
		b.doc.AllowedOrigins = append(b.doc.AllowedOrigins, name)
	}
	if off, ok := f.at("disable_content_logging").flag(); ok {
		b.doc.Governance.ContentLogging = !off
	}
	b.anonymous(f)
	f.leaveAll(bifrostClientLeft)
}

// anonymous imports whether callers need a key. It never allows what the file does not allow.
func (b *bifrost) anonymous(f field) {
	for _, name := range []string{"enforce_auth_on_inference", "enforce_governance_header"} {
		needed, ok := f.at(name).flag()
		if !ok {
			continue
		}
		open := !needed
		b.doc.AllowAnonymous = &open
		if open {
			f.at(name).partly("lets everybody in who reaches the listener (allow_anonymous)")
		}
		return
	}
	f.partly("callers without a key are served only when there are no virtual_keys and listen is loopback; allow_anonymous: true serves them, as Bifrost does")
}

var bifrostClientLeft = []left{
	{"initial_pool_size", "there are no pools to size"},
	{"prometheus_labels", "the labels of metrics are fixed"},
	{"allowed_headers", "pages that may call may send any header"},
	{"retain_content_in_object_storage", "no content is stored"},
	{"allow_per_request_content_storage_override", "no content is stored"},
	{"allow_per_request_raw_override", "answers hold no raw copies"},
	{"log_retention_days", "the access log is a stream; who keeps it decides"},
	{"logging_headers", "the access log has fixed fields"},
	{"hidden_request_types", "there is no page of requests"},
	{"disable_db_pings_in_health", "there is no database"},
	{"dump_errors_in_console_logs", "errors are counted by kind, and in the access log"},
	{"enforce_scim_auth", "there are no users"},
	{"dual_credential_conflict_behavior", "there are no users beside virtual keys"},
	{"allow_direct_keys", "a caller's own provider key is not sent on"},
	{"delete_expired_virtual_keys", "the document is not changed by the program"},
	{"vk_rotation_cooldown", "a key is rotated by writing both for a while"},
	{"compat", "requests are translated by what a provider's type knows"},
	{"header_filter_config", "which headers are sent on is fixed: see HEADERS.md"},
	{"whitelisted_routes", "which paths need a key is fixed"},
	{"hide_deleted_virtual_keys_in_filters", "there is no page of requests"},
	{"async_job_result_ttl", "there are no asynchronous jobs"},
	{"webhook_config", "there are no asynchronous jobs"},
	{"routing_chain_max_depth", "how long a chain of rules can be is fixed"},
	{"mcp_agent_depth", "asbru is no gateway for MCP"},
	{"mcp_tool_execution_timeout", "asbru is no gateway for MCP"},
	{"mcp_code_mode_binding_level", "asbru is no gateway for MCP"},
	{"mcp_tool_sync_interval", "asbru is no gateway for MCP"},
	{"mcp_disable_auto_tool_inject", "asbru is no gateway for MCP"},
	{"mcp_enable_temp_token_auth", "asbru is no gateway for MCP"},
	{"mcp_external_client_url", "asbru is no gateway for MCP"},
	{"mcp_server_auth_mode", "asbru is no gateway for MCP"},
	{"oauth2_server_config", "asbru issues no tokens"},
}
