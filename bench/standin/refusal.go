package standin

import (
	"net/http"
	"strconv"
	"strings"
)

// fixed returns the refusal of a scenario.
func fixed(status int) *refusal {
	messages := map[int]string{
		400: "The request is not what this model takes.",
		401: "The credential is wrong.",
		403: "Not allowed for this account.",
		404: "The model does not exist.",
		413: "The request is too large.",
		422: "The request cannot be processed.",
		429: "Rate limit reached for requests.",
		500: "Something broke on our side.",
		503: "The service is overloaded.",
		529: "Overloaded",
	}
	m := messages[status]
	if m == "" {
		m = "Status " + strconv.Itoa(status) + "."
	}
	return &refusal{status: status, message: m}
}

// credential checks that the request has the vendor's kind of credential. A key that contains the word wrong is
// wrong.
func credential(family string, r *http.Request) *refusal {
	key := r.Header.Get("Authorization")
	switch family {
	case "anthropic":
		if r.Header.Get("Anthropic-Version") == "" {
			return invalid("", "anthropic-version: header is required")
		}
		key += r.Header.Get("X-Api-Key")
	case "gemini":
		key += r.Header.Get("X-Goog-Api-Key") + r.URL.Query().Get("key")
		if key == "" {
			return &refusal{status: 403, message: "Method doesn't allow unregistered callers."}
		}
		if strings.Contains(key, "wrong") {
			return &refusal{status: 400, message: "API key not valid. Please pass a valid API key.", code: "API_KEY_INVALID"}
		}
	case "converse", "invoke":
		if key != "" && !strings.HasPrefix(key, "AWS4-HMAC-SHA256 ") && !strings.HasPrefix(key, "Bearer ") {
			return &refusal{status: 403, message: "Authorization header is not understood"}
		}
	case "ollama":
		return nil
	case "models":
		key += r.Header.Get("X-Api-Key") + r.Header.Get("X-Goog-Api-Key")
	default:
		key += r.Header.Get("Api-Key")
	}
	if key == "" || strings.Contains(key, "wrong") {
		return &refusal{status: 401, message: "The API key is missing or wrong.", code: "invalid_api_key"}
	}
	return nil
}

// refuse answers with f in the format of the family.
func (ex *exchange) refuse(f *refusal) {
	h := ex.w.Header()
	if f.status == 429 && ex.route.family != "gemini" {
		h.Set("Retry-After", strconv.Itoa(retryAfter))
	}
	var body any
	switch ex.route.family {
	case "anthropic", "vertex":
		body = obj{"type", "error", "error", obj{"type", anthropicKind(f.status), "message", f.message}, "request_id", "req_standin"}
	case "gemini":
		body = obj{"error", googleError(f)}
	case "converse", "invoke":
		h.Set("X-Amzn-Errortype", amazonKind(f.status)+":http://internal.amazon.com/coral/com.amazon.bedrock/")
		body = obj{"message", f.message}
	case "cohere":
		body = obj{"id", "00000000-0000-4000-8000-000000000000", "message", f.message}
	case "ollama":
		body = obj{"error", f.message}
	default:
		body = obj{"error", openaiError(f)}
	}
	ex.json(f.status, encode(body))
}

func openaiError(f *refusal) obj {
	kind, code := "invalid_request_error", f.code
	switch {
	case f.status == 429:
		kind, code = "requests", "rate_limit_exceeded"
	case f.status == 404:
		code = "model_not_found"
	case f.status >= 500:
		kind = "server_error"
	}
	var c, p any
	if code != "" {
		c = code
	}
	if f.param != "" {
		p = f.param
	}
	return obj{"message", f.message, "type", kind, "param", p, "code", c}
}

func anthropicKind(status int) string {
	if s, ok := map[int]string{400: "invalid_request_error", 401: "authentication_error", 402: "billing_error", 403: "permission_error",
		404: "not_found_error", 413: "request_too_large", 429: "rate_limit_error", 504: "timeout_error", 529: "overloaded_error"}[status]; ok {
		return s
	}
	if status < 500 {
		return "invalid_request_error"
	}
	return "api_error"
}

func googleError(f *refusal) obj {
	status, ok := map[int]string{400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND",
		429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED"}[f.status]
	if !ok {
		status = "UNKNOWN"
	}
	e := obj{"code", f.status, "message", f.message, "status", status}
	switch {
	case f.code == "API_KEY_INVALID":
		e = append(e, "details", []any{obj{"@type", "type.googleapis.com/google.rpc.ErrorInfo", "reason", f.code, "domain", "googleapis.com"}})
	case f.status == 429:
		e = append(e, "details", []any{
			obj{"@type", "type.googleapis.com/google.rpc.QuotaFailure", "violations", []any{obj{"quotaId", "PerMinute", "quotaValue", "10"}}},
			obj{"@type", "type.googleapis.com/google.rpc.RetryInfo", "retryDelay", strconv.Itoa(retryAfter) + "s"}})
	}
	return e
}

func amazonKind(status int) string {
	if s, ok := map[int]string{401: "UnrecognizedClientException", 403: "AccessDeniedException", 404: "ResourceNotFoundException",
		408: "ModelTimeoutException", 424: "ModelErrorException", 429: "ThrottlingException", 503: "ServiceUnavailableException"}[status]; ok {
		return s
	}
	if status < 500 {
		return "ValidationException"
	}
	return "InternalServerException"
}
