package importer

// leaveParams reports settings of a deployment that have no counterpart. Those that are not in a table are
// parameters of requests.
func (l *litellm) leaveParams(params, info field) {
	params.leaveAll(litellmParamsLeft)
	for _, m := range params.untouched() {
		m.leave("requests are not given values that the client did not send")
	}
	info.leaveAll([]left{{"id", "a target has no id of its own"}, {"mode", "the operation is what the client asks for"},
		{"base_model", "prices go by the model that is asked; prices.overrides says otherwise"}, {"access_groups", "keys name models"},
		{"max_tokens", "what a model can do is the provider's to say"}})
	for _, m := range info.untouched() {
		m.leave("what a model is and can do is the provider's to say")
	}
}

var litellmParamsLeft = []left{
	{"max_retries", "retries are counted for an alias: see retry"},
	{"num_retries", "retries are counted for an alias: see retry"},
	{"cooldown_time", "breakers are the same for all targets of an alias"},
	{"tags", "targets have no tags; routing.rules lead by headers"},
	{"drop_params", "what a provider's type is known to refuse is dropped; drop of a provider names more"},
	{"additional_drop_params", "drop of a provider names fields that it refuses"},
	{"allowed_openai_params", "fields that are not known pass"},
	{"use_in_pass_through", "whatever else a client asks for passes"},
	{"mock_response", "upstream: chaos:FILE stands in a provider's place"},
	{"litellm_trace_id", "requests have an id of their own"},
	{"budget_duration", "a target has no budget; a provider can have one: budgets"},
	{"max_budget", "a target has no budget; a provider can have one: budgets"},
	{"model_info", "it is about the model"},
	{"cache_control_injection_points", "cache points are the client's to set"},
	{"api_version", "the version is what the provider's type knows"},
	{"configurable_clientside_auth_params", "a caller's own provider key is not sent on"},
}

// litellmWildLeft lists what a name with * cannot have.
var litellmWildLeft = []left{
	{"rpm", "it is no limit here: rate_limits of a provider are"},
	{"tpm", "it is no limit here: rate_limits of a provider are"},
	{"max_parallel_requests", "it is no limit here: rate_limits of a provider are"},
	{"weight", "a name with * leads to one target, and there is nothing to weigh"},
	{"order", "a name with * leads to one target, and there is nothing to order"},
	{"input_cost_per_token", "a price is for a model that is named: prices.overrides"},
	{"output_cost_per_token", "a price is for a model that is named: prices.overrides"},
}

// untouched returns the members of an object that have not been read.
func (f field) untouched() (all []named) {
	if f.v == nil {
		return nil
	}
	for _, m := range f.v.Members {
		if !f.r.seen[m.Value] {
			f.r.seen[m.Value] = true
			all = append(all, named{m.Name, field{f.r, m.Value}})
		}
	}
	return all
}

// leaveSettings reports what remains of the blocks of settings.
func (l *litellm) leaveSettings() {
	l.budget()
	l.cache()
	l.timeouts()
	for _, f := range []field{l.router, l.settings, l.general} {
		if f.object() {
			f.leaveAll(litellmSettingsLeft)
		}
	}
}

// timeouts reads what was imported elsewhere, so that it is not reported as unknown, and reports what
// another block says already.
func (l *litellm) timeouts() {
	for _, name := range []string{"timeout", "stream_timeout", "num_retries", "retry_after", "allowed_fails", "cooldown_time"} {
		l.router.at(name)
	}
	for router, settings := range map[string]string{"timeout": "request_timeout", "num_retries": "num_retries", "allowed_fails": "allowed_fails"} {
		if f := l.settings.at(settings); l.router.at(router).there() {
			f.leave("router_settings.%s is what holds", router)
		}
	}
}

var litellmSettingsLeft = []left{
	{"routing_strategy_args", "see BALANCING.md for what strategies do"},
	{"context_window_fallbacks", "fallbacks do not depend on why a target failed"},
	{"content_policy_fallbacks", "fallbacks do not depend on why a target failed"},
	{"retry_policy", "what is tried again depends on the failure: see RESILIENCE.md"},
	{"model_group_retry_policy", "what is tried again depends on the failure: see RESILIENCE.md"},
	{"allowed_fails_policy", "breakers count failures of one kind"},
	{"enable_pre_call_checks", "prompts are not measured before a model is chosen"},
	{"optional_pre_call_checks", "prompts are not measured before a model is chosen"},
	{"enable_tag_filtering", "targets have no tags; routing.rules lead by headers"},
	{"disable_cooldowns", "write breaker: {off: true} at the alias"},
	{"provider_budget_config", "a provider has budgets of its own: budgets"},
	{"redis_host", "processes do not share what they know"},
	{"redis_port", "processes do not share what they know"},
	{"redis_password", "processes do not share what they know"},
	{"redis_url", "processes do not share what they know"},
	{"default_litellm_params", "requests are not given values that the client did not send"},
	{"set_verbose", "observability.log_level says how much is told"},
	{"debug_level", "observability.log_level says how much is told"},
	{"json_logs", "logs are what the terminal or the journal reads best"},
	{"drop_params", "what a provider's type is known to refuse is dropped; drop of a provider names more"},
	{"modify_params", "requests are translated by what a provider's type knows"},
	{"callbacks", "there are no callbacks; metrics are at /metrics"},
	{"success_callback", "there are no callbacks; metrics are at /metrics"},
	{"failure_callback", "there are no callbacks; metrics are at /metrics"},
	{"service_callback", "there are no callbacks; metrics are at /metrics"},
	{"turn_off_message_logging", "prompts and answers are not logged unless governance.content_logging says so"},
	{"redact_user_api_key_info", "keys are never logged"},
	{"default_internal_user_params", "there are no users"},
	{"upperbound_key_generate_params", "keys are written into the document"},
	{"default_key_generate_params", "keys are written into the document"},
	{"max_internal_user_budget", "there are no users"},
	{"internal_user_budget_duration", "there are no users"},
	{"forward_traceparent_to_llm_provider", "there are no spans"},
	{"database_url", "the document is the only store of the configuration"},
	{"database_connection_pool_limit", "the document is the only store of the configuration"},
	{"store_model_in_db", "the document is the only store of the configuration"},
	{"store_prompts_in_spend_logs", "no bodies are stored"},
	{"disable_spend_logs", "there is no store of requests"},
	{"salt_key", "nothing is stored that it would encrypt"},
	{"max_parallel_requests", "write rate_limits: [{calls: N}]"},
	{"global_max_parallel_requests", "write rate_limits: [{calls: N}]"},
	{"max_request_size_mb", "write limits.body_bytes"},
	{"max_response_size_mb", "answers are streamed and have no bound"},
	{"infer_model_from_keys", "name models in the document"},
	{"background_health_checks", "servers of one's own are probed: see health of a provider"},
	{"health_check_interval", "servers of one's own are probed: see health of a provider"},
	{"alerting", "alarms are metrics, for what watches them"},
	{"alerting_threshold", "alarms are metrics, for what watches them"},
	{"alert_types", "alarms are metrics, for what watches them"},
	{"custom_auth", "there is no loading of foreign code"},
	{"enable_jwt_auth", "there are no users"},
	{"litellm_jwtauth", "there are no users"},
	{"allowed_routes", "which paths are served is fixed"},
	{"public_routes", "which paths need a key is fixed"},
	{"pass_through_endpoints", "paths of providers are relayed below their doors"},
	{"use_client_credentials_pass_through_routes", "a caller's own provider key is not sent on"},
	{"key_management_system", "there are no vaults here"},
	{"key_management_settings", "there are no vaults here"},
	{"proxy_batch_write_at", "there is no database"},
	{"ui_access_mode", "there is no page for administrators"},
}
