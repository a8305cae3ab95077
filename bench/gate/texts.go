package main

// The other proxies' configurations. Both are set up as their manuals advise
// for a proxy before a keep-alive server, and do nothing else: what they are
// spared (keys, metrics, one pass over the body) is the gateway's to pay for.

// balancedModel is the alias of balancedText.
const balancedModel = "fast"

// balancedText is what a model can have decided about it: three targets with two keys each, chosen by
// their score, with breakers, retries and gates, behind routing rules that are asked and
// lead nowhere else. The gates learn, and never refuse: below a counter the gateway is fifty times
// slower. It wants: base URL, provider key, alias. It stands behind the
// first provider.
const balancedText = `  - {name: second, type: openai, base_url: %[1]s/v1, keys: [{value: %[2]s-1}, {value: %[2]s-2}]}
  - {name: third, type: openai, base_url: %[1]s/v1, keys: [{value: %[2]s-3}, {value: %[2]s-4}]}
  - {name: fourth, type: openai, base_url: %[1]s/v1, keys: [{value: %[2]s-5}, {value: %[2]s-6}]}
models:
  - alias: %[3]s
    strategy: adaptive
    targets: [{provider: second, model: mock}, {provider: third, model: mock}, {provider: fourth, model: mock}]
    fallback: [openai/mock]
overload: {min_concurrency: 1000, max_concurrency: 1000}
routing:
  rules:
    - {name: far, when: 'model.startsWith("fast") && headers["x-tier"] == "far"', targets: [{provider: fourth, model: mock}]}
    - {name: long, when: 'prompt_bytes > 100000', targets: [{provider: third, model: mock}]}
`

// nginxText wants: user line, folder, access log, provider, idle connections,
// address, provider key, on or off for buffering, how many processes.
const nginxText = `%[1]s
daemon off;
%[9]s
pid %[2]s/pid;
error_log %[2]s/error.log;
events { worker_connections 16000; }
http {
	access_log %[3]s;
	client_body_temp_path %[2]s/body;
	proxy_temp_path %[2]s/proxy;
	fastcgi_temp_path %[2]s/fastcgi;
	uwsgi_temp_path %[2]s/uwsgi;
	scgi_temp_path %[2]s/scgi;
	keepalive_requests 100000000;
	upstream provider {
		server %[4]s;
		keepalive %[5]d;
		keepalive_requests 100000000;
	}
	server {
		listen %[6]s reuseport backlog=16384;
		client_body_buffer_size 64k;
		location / {
			proxy_pass http://provider;
			proxy_http_version 1.1;
			proxy_set_header Connection "";
			proxy_set_header Authorization "Bearer %[7]s";
			proxy_buffering %[8]s;
		}
	}
}
`

// haproxyText wants: a further default, address, provider key, provider. It
// logs nothing.
const haproxyText = `global
	maxconn 9000
	nbthread 2
defaults
	mode http
	timeout connect 3s
	timeout client 60s
	timeout server 60s
	http-reuse always
	%s
frontend front
	bind %s
	default_backend back
backend back
	http-request set-header Authorization "Bearer %s"
	server provider %s
`
