package io.iotdarelay.operations;

import io.iotdarelay.testing.Yaml;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A dashboard of Grafana's. */
record Dashboard(JsonNode json) {

    private static final Path DIRECTORY = Path.of("helm/iotda-relay/files/dashboards");

    /** A panel that shows something. */
    record Panel(String dashboard, List<String> variables, JsonNode json) {

        String title() {
            return json.path("title").asString();
        }

        List<String> expressions() {
            return json.path("targets")
                    .valueStream()
                    .map(target -> target.path("expr").asString())
                    .toList();
        }

        @Override
        public String toString() {
            return dashboard + ", " + title();
        }
    }

    static List<Dashboard> all() {
        return Stream.of("overview.json", "partitions-and-devices.json")
                .map(DIRECTORY::resolve)
                .map(file -> new Dashboard(JsonMapper.shared().readTree(Yaml.text(file))))
                .toList();
    }

    String uid() {
        return json.path("uid").asString();
    }

    List<String> variables() {
        return json.path("templating")
                .path("list")
                .valueStream()
                .map(variable -> variable.path("name").asString())
                .toList();
    }

    List<Panel> panels() {
        return json.path("panels")
                .valueStream()
                .filter(panel -> !panel.path("type").asString().equals("row"))
                .map(panel -> new Panel(uid(), variables(), panel))
                .toList();
    }

    /** An expression as Grafana sends it when everything is chosen. */
    static String filledIn(String expression) {
        return expression.replace("$__rate_interval", "1m").replaceAll("=~\"\\$\\w+\"", "=~\".*\"");
    }

    @Override
    public String toString() {
        return uid();
    }
}
