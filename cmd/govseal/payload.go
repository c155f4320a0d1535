// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"os"
)

// payload is what a request sends, as often as it has to be sent: a document
// is read from its file each time, and never held as a whole.
type payload struct {
	contentType string
	size        int64
	open        func() io.Reader
}

func inMemory(contentType string, body []byte) payload {
	return payload{contentType, int64(len(body)), func() io.Reader { return bytes.NewReader(body) }}
}

// attach puts the payload into a request.
func (p payload) attach(req *http.Request) {
	if p.size == 0 {
		return
	}
	req.ContentLength = p.size
	req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(p.open()), nil }
	req.Body, _ = req.GetBody() // never fails
	req.Header.Set("Content-Type", p.contentType)
}

// source is a document at the client.
type source struct {
	io.ReaderAt
	size int64
}

func octets(b []byte) source { return source{bytes.NewReader(b), int64(len(b))} }

// openSource opens a document by its path; the caller closes the file.
func openSource(path string) (source, *os.File, error) {
	f, size, err := openRegular(path)
	if err != nil {
		return source{}, nil, err
	}
	return source{f, size}, f, nil
}

// documentForm is a multipart body of a JSON request and a document.
func documentForm(r any, document source, mediaType string) (payload, error) {
	return documentFormWith(r, nil, document, mediaType)
}

// documentFormWith is documentForm with evidence (JSON) beside it; nil for none.
func documentFormWith(r any, evidence []byte, document source, mediaType string) (payload, error) {
	request, err := json.Marshal(r)
	if err != nil {
		return payload{}, err
	}
	var frame bytes.Buffer
	form := multipart.NewWriter(&frame)
	header := func(name, mediaType string) textproto.MIMEHeader {
		return textproto.MIMEHeader{
			"Content-Disposition": {`form-data; name="` + name + `"; filename="` + name + `"`}, "Content-Type": {mediaType},
		}
	}
	w, err := form.CreatePart(header("request", "application/json"))
	if err == nil {
		_, err = w.Write(request)
	}
	if err == nil && evidence != nil {
		if w, err = form.CreatePart(header("evidence", "application/json")); err == nil {
			_, err = w.Write(evidence)
		}
	}
	if err == nil {
		_, err = form.CreatePart(header("document", mediaType))
	}
	at := frame.Len() // here the document goes
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		return payload{}, err
	}
	head, tail := frame.Bytes()[:at], frame.Bytes()[at:]
	return payload{form.FormDataContentType(), int64(frame.Len()) + document.size, func() io.Reader {
		return io.MultiReader(bytes.NewReader(head), io.NewSectionReader(document, 0, document.size), bytes.NewReader(tail))
	}}, nil
}

// download streams an answer to w. What breaks off is an error, because the
// service says the length beforehand.
func (c *client) download(ctx context.Context, method, path string, p payload, w io.Writer) (http.Header, error) {
	req, err := c.request(ctx, method, path, p)
	if err != nil {
		return nil, err
	}
	res, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		answer, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
		if err != nil {
			return nil, fmt.Errorf("read the answer: %w", err)
		}
		return nil, problemFrom(res, answer)
	}
	if _, err := io.Copy(w, res.Body); err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	return res.Header, nil
}
