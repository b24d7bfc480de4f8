package io.iotdarelay.client;

import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Shows a dead letter beside what it would become today. */
@Command(
        name = "show",
        description = {"Shows a dead letter whole, and the requests that it would become today, or why not.", ""},
        footer = {
            "",
            "Example:",
            "  iotda-relay deadletters show iotda-relay.dlt-0-17",
            "",
            "Findings (exit code 1): today it would become no request.",
            ExitCode.MEANINGS
        })
final class DeadLettersShowCommand extends ApiCommand {

    private static final List<Map.Entry<String, String>> FIELDS = List.of(
            Map.entry("position", "position"),
            Map.entry("at", "written"),
            Map.entry("reason", "reason"),
            Map.entry("detail", "detail"),
            Map.entry("httpStatus", "status"),
            Map.entry("errorCode", "code"),
            Map.entry("route", "route"),
            Map.entry("deviceId", "device"),
            Map.entry("origin", "origin"),
            Map.entry("originalTime", "timestamp"),
            Map.entry("redrives", "redrives"));

    private static final String INDENT = "    ";

    @Parameters(paramLabel = "POSITION", description = "TOPIC-PARTITION-OFFSET, as the list has it.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String position;

    DeadLettersShowCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int ask(RelayApi api) throws UsageException {
        return show(
                api,
                api.get("/deadletters/" + Paths.name(position), options().patience()),
                DeadLettersShowCommand::judge,
                this::print);
    }

    private static int judge(JsonNode answer) {
        if (!answer.path("position").isString()) {
            return ExitCode.NOT_UNDERSTOOD;
        }
        JsonNode today = answer.path("today");
        return !Fields.list(today, "requests").isEmpty() && !today.has("rejected") ? ExitCode.FINE : ExitCode.FINDINGS;
    }

    private void print(JsonNode answer) {
        Screen screen = screen();
        int width = "timestamp  ".length();
        for (Map.Entry<String, String> each : FIELDS) {
            if (answer.has(each.getKey())) {
                String label =
                        each.getValue() + " ".repeat(width - each.getValue().length());
                screen.text(label, Fields.text(answer, each.getKey()), Tone.PLAIN);
            }
        }
        screen.blank();
        screen.text("headers");
        for (JsonNode each : Fields.list(answer, "headers")) {
            screen.text(
                    INDENT + SafeText.line(Fields.text(each, "name")) + ": ", content(each.path("value")), Tone.PLAIN);
        }
        screen.text("key");
        screen.block(INDENT, content(answer.path("key")));
        screen.text("value");
        screen.block(INDENT, content(answer.path("value")));
        screen.blank();
        today(screen, answer.path("today"));
    }

    private static void today(Screen screen, JsonNode today) {
        screen.text("today");
        for (JsonNode each : Fields.list(today, "requests")) {
            screen.text(
                    INDENT,
                    Fields.text(each, "method") + " " + Fields.text(each, "path") + "   with the token of "
                            + Fields.text(each, "sender"),
                    Tone.GOOD);
            screen.block(INDENT + INDENT, content(each.path("body")));
        }
        if (today.has("rejected")) {
            screen.text(
                    INDENT,
                    "would be a dead letter again: " + Fields.text(today, "rejected") + ": "
                            + Fields.text(today, "detail"),
                    Tone.BAD);
        }
        if (today.has("skipped")) {
            screen.text(INDENT, "would be skipped: " + Fields.text(today, "skipped"), Tone.WARNING);
        }
        if (today.has("waitsFor")) {
            screen.text(INDENT, "would wait: " + Fields.text(today, "waitsFor"), Tone.WARNING);
        }
        if (today.has("unknown")) {
            screen.text(INDENT, "not known: " + Fields.text(today, "unknown"), Tone.WARNING);
        }
    }

    /** What the API says of bytes. It has clipped them already. */
    private static String content(JsonNode content) {
        if (content.path("text").isString()) {
            return content.path("text").asString("");
        }
        if (content.path("base64").isString()) {
            return "base64, " + Fields.text(content, "bytes") + " bytes: "
                    + content.path("base64").asString("");
        }
        return content.has("null") ? "none" : Fields.text(content);
    }
}
