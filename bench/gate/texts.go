package main

// The configurations of the other proxies. Both are configured as their manuals advise for a proxy in
// front of a keep-alive server, and do nothing else, while the gateway also checks keys, keeps metrics
// and reads each body.

// balancedModel is the name of the alias in balancedText.
const balancedModel = "fast"

// balancedText configures a model with all routing features: three targets with two keys each, chosen by
// score, with breakers, retries and gates, and routing rules that are evaluated but do not match. The
// gates learn, but never refuse, because under a counter the gateway is fifty times slower. Its
// arguments: base URL, provider key, alias. It follows the first provider in the document.
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

// The arguments of nginxText: user line, folder, access log, provider, idle connections, address,
// provider key, on or off for buffering, number of processes.
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

// The arguments of haproxyText: a further default, address, provider key, provider. It logs
// nothing.
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
