package http1_test

import (
	"fmt"

	"asbru/hotpath/http1"
)

func ExampleParseRequest() {
	buf := []byte("POST /v1/chat/completions?x=1 HTTP/1.1\r\nHost: gw.test\r\nContent-Length: 2\r\n\r\n{}")
	var r http1.Request
	n, err := http1.ParseRequest(buf, &r)
	fmt.Printf("%s %s %s, body %q, %v\n", r.Method.Of(buf), r.Path.Of(buf), r.Value(buf, http1.Host), buf[n:n+int(r.ContentLength)], err)

	_, err = http1.ParseRequest([]byte("GET / HTTP/1.1\r\nHost : gw.test\r\n"), &r)
	fmt.Println(err.(*http1.Refusal).Status, err)
	// Output:
	// POST /v1/chat/completions gw.test, body "{}", <nil>
	// 400 a header name is followed by a blank instead of a colon
}

func ExampleChunks() {
	var c http1.Chunks
	for _, read := range []string{"5\r\nhel", "lo\r\n0\r\n", "\r\nnext"} {
		src, done := []byte(read), false
		for !done {
			data, n, last, err := c.Next(src)
			if err != nil {
				fmt.Println(err)
				return
			}
			if src, done = src[n:], last; data == nil {
				break // read on, or done
			}
			fmt.Printf("%q ", data)
		}
		fmt.Printf("done=%v rest=%q\n", done, src)
	}
	// Output:
	// "hel" done=false rest=""
	// "lo" done=false rest=""
	// done=true rest="next"
}
