// Renders a chart as Helm does, with what Helm is made of: Go's text/template, sprig and sigs.k8s.io/yaml. What Helm
// adds to them (include, tpl, required, toYaml and the objects .Values, .Release, .Chart, .Capabilities) is here.
// A value that is not there is an error, as with helm lint --strict.
//
// Usage: render CHART RELEASE NAMESPACE [VALUES]...
package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"sigs.k8s.io/yaml"
)

type object = map[string]interface{}

func main() {
	if len(os.Args) < 4 {
		fail(errors.New("usage: render CHART RELEASE NAMESPACE [VALUES]..."))
	}
	chart := read(filepath.Join(os.Args[1], "Chart.yaml"))
	values := read(filepath.Join(os.Args[1], "values.yaml"))
	for _, file := range os.Args[4:] {
		values = merge(values, read(file))
	}
	root := object{
		"Values":       values,
		"Chart":        capitalized(chart),
		"Release":      object{"Name": os.Args[2], "Namespace": os.Args[3], "Service": "Helm", "IsInstall": true, "IsUpgrade": false, "Revision": 1},
		"Capabilities": object{"KubeVersion": object{"Version": "v1.31.0", "Major": "1", "Minor": "31"}},
	}
	set, names := parse(filepath.Join(os.Args[1], "templates"))
	for _, name := range names {
		var out bytes.Buffer
		if err := set.ExecuteTemplate(&out, name, root); err != nil {
			fail(err)
		}
		fmt.Printf("---\n# Source: %s\n%s\n", name, strings.TrimSpace(out.String()))
	}
}

// Every template, and the names of those that make documents.
func parse(directory string) (*template.Template, []string) {
	set := template.New("chart").Option("missingkey=error")
	set.Funcs(functions(set))
	files, err := filepath.Glob(filepath.Join(directory, "*.*"))
	if err != nil {
		fail(err)
	}
	var names []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			fail(err)
		}
		name := filepath.Base(file)
		if _, err := set.New(name).Parse(string(text)); err != nil {
			fail(err)
		}
		if !strings.HasPrefix(name, "_") {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	return set, names
}

func functions(set *template.Template) template.FuncMap {
	all := sprig.TxtFuncMap()
	// Helm takes these away, because a chart must not read the machine that it is rendered on.
	delete(all, "env")
	delete(all, "expandenv")
	all["include"] = func(name string, data interface{}) (string, error) {
		var out strings.Builder
		err := set.ExecuteTemplate(&out, name, data)
		return out.String(), err
	}
	all["tpl"] = func(text string, data interface{}) (string, error) {
		clone, err := set.Clone()
		if err != nil {
			return "", err
		}
		parsed, err := clone.New("tpl").Parse(text)
		if err != nil {
			return "", err
		}
		var out strings.Builder
		err = parsed.Execute(&out, data)
		return out.String(), err
	}
	all["required"] = func(message string, value interface{}) (interface{}, error) {
		if value == nil || value == "" {
			return nil, errors.New(message)
		}
		return value, nil
	}
	all["toYaml"] = func(value interface{}) (string, error) {
		text, err := yaml.Marshal(value)
		return strings.TrimSuffix(string(text), "\n"), err
	}
	return all
}

func read(file string) object {
	text, err := os.ReadFile(file)
	if err != nil {
		fail(err)
	}
	content := object{}
	if err := yaml.Unmarshal(text, &content); err != nil {
		fail(fmt.Errorf("%s: %w", file, err))
	}
	return content
}

// The later values win, key by key; null takes a key away.
func merge(base, over object) object {
	for key, value := range over {
		inner, isObject := value.(object)
		below, hasObject := base[key].(object)
		switch {
		case value == nil:
			delete(base, key)
		case isObject && hasObject:
			base[key] = merge(below, inner)
		default:
			base[key] = value
		}
	}
	return base
}

// Chart.yaml's fields have capital letters in templates: .Chart.AppVersion.
func capitalized(fields object) object {
	result := object{}
	for key, value := range fields {
		result[strings.ToUpper(key[:1])+key[1:]] = value
	}
	return result
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "render:", err)
	os.Exit(1)
}
