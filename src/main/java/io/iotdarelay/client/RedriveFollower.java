package io.iotdarelay.client;

import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Follows a redrive until it ends. Neither an interruption nor a relay that does not answer ends the redrive. */
final class RedriveFollower {

    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int BAR = 24;
    private static final int SERVER_ERROR = 500;
    private static final int NARROWEST = 10;
    private static final String CLEAR = "\r\033[K";
    private static final Set<String> ENDS = Set.of("done", "cancelled", "failed");

    private final RedriveCommand command;
    private final RelayApi api;
    private final String path;
    private final String id;
    private final Terminal terminal;
    private boolean isOnLine;

    RedriveFollower(RedriveCommand command, RelayApi api, String path, String id) {
        this.command = command;
        this.api = api;
        this.path = path;
        this.id = SafeText.line(id);
        this.terminal = command.terminal();
    }

    int run() {
        command.tell("redrive " + id);
        try (Terminal.Watch watch = terminal.waiting().onInterrupt(this::farewell)) {
            long answered = terminal.nanoTime().getAsLong();
            while (true) {
                Answer answer = api.get(
                        "/deadletters/redrives/" + path, command.options().patience());
                if (answer instanceof Answer.Given given
                        && given.json().path("state").isString()) {
                    answered = terminal.nanoTime().getAsLong();
                    if (ENDS.contains(given.json().path("state").asString(""))) {
                        clear();
                        return command.show(api, answer, RedriveFollower::judge, this::print);
                    }
                    progress(given.json());
                } else if (!isPassing(answer) || terminal.nanoTime().getAsLong() - answered > PATIENCE.toNanos()) {
                    clear();
                    int code = command.failed(api, answer);
                    farewell();
                    return code;
                }
                terminal.waiting().rest(PAUSE);
            }
        }
    }

    /** A relay that does not answer may do so later; one that refuses will refuse again. */
    private static boolean isPassing(Answer answer) {
        return answer instanceof Answer.Silent
                || (answer instanceof Answer.Refused refused && refused.status() >= SERVER_ERROR);
    }

    private void farewell() {
        clear();
        terminal.err()
                .println("Redrive " + id + " goes on, if it has not ended. iotda-relay deadletters redrive --follow "
                        + id + " shows it, --cancel " + id + " ends it.");
        terminal.err().flush();
    }

    private static int judge(JsonNode redrive) {
        return redrive.path("state").asString("").equals("done")
                        && Fields.members(redrive.path("rejected")).isEmpty()
                        && Fields.members(redrive.path("skipped")).isEmpty()
                        && Fields.count(redrive, "elsewhere") == 0
                ? ExitCode.FINE
                : ExitCode.FINDINGS;
    }

    private void print(JsonNode redrive) {
        Screen screen = command.screen();
        String state = Fields.text(redrive, "state");
        screen.text("state         ", state, Tone.of(state));
        if (redrive.has("trouble")) {
            screen.text("because       ", Fields.text(redrive, "trouble"), Tone.BAD);
        }
        screen.text("delivered     ", Fields.text(redrive, "delivered"), Tone.PLAIN);
        screen.text("dead again    ", Fields.counts(redrive.path("rejected")), Tone.PLAIN);
        screen.text("not sent      ", Fields.counts(redrive.path("skipped")), Tone.PLAIN);
        screen.text("elsewhere     ", Fields.text(redrive, "elsewhere"), Tone.PLAIN);
        if (Fields.count(redrive, "elsewhere") > 0) {
            screen.text("Partitions of other instances: order the redrive there, too.");
        }
    }

    private void progress(JsonNode redrive) {
        if (!terminal.isInteractive()) {
            return;
        }
        long found = Fields.count(redrive, "found");
        long left = Fields.count(redrive, "remaining") + Fields.count(redrive, "inFlight");
        long finished = Math.max(0, found - left);
        int full = found == 0 ? 0 : (int) (BAR * Math.min(finished, found) / found);
        String line = String.format(
                Locale.ROOT,
                "[%s%s] %s of %s, %s delivered, %s",
                "#".repeat(full),
                "-".repeat(BAR - full),
                Fields.number(finished),
                Fields.number(found),
                Fields.text(redrive, "delivered"),
                SafeText.line(Fields.text(redrive, "state")));
        isOnLine = true;
        terminal.err()
                .print(CLEAR
                        + SafeText.cut(
                                line, Math.max(NARROWEST, terminal.columns().getAsInt() - 1)));
        terminal.err().flush();
    }

    private void clear() {
        if (isOnLine) {
            isOnLine = false;
            terminal.err().print(CLEAR);
            terminal.err().flush();
        }
    }
}
