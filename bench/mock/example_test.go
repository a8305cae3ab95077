package mock_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"

	"asbru/bench/mock"
)

// The mock embedded in another program, and a request whose model name shortens the reply.
func ExampleServe() {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	done := make(chan error, 1)
	go func() { done <- mock.Serve(ctx, l, mock.Options{}) }()

	resp, err := http.Post("http://"+l.Addr().String()+"/v1/completions", "application/json",
		strings.NewReader(`{"model":"mock-tokens-2+no-usage","prompt":"what hangs there?"}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	body, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	fmt.Println(string(body))
	http.DefaultClient.CloseIdleConnections()
	stop()
	fmt.Println(<-done)
	// Output:
	// {"id":"cmpl-mock-000000000001","object":"text_completion","created":1700000000,"model":"mock-tokens-2+no-usage","choices":[{"text":"A ropebridge","index":0,"logprobs":null,"finish_reason":"stop"}]}
	// <nil>
}
