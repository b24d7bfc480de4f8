package io.iotdarelay.client;

import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Sends dead letters again. */
@Command(
        name = "redrive",
        description = {
            "Sends dead letters through their routes again, for each device in their old order. First it shows what that would do, and asks."
                    + " Letters that are written after it has begun are not concerned.",
            ""
        },
        footer = {
            "",
            "Examples:",
            "  iotda-relay deadletters redrive --reason device-rejected --dry-run",
            "  iotda-relay deadletters redrive --device meter-1 --only-if-nothing-newer",
            "  iotda-relay deadletters redrive --route meters --from 2026-12-01T00:00:00Z --yes --json",
            "  iotda-relay deadletters redrive --follow ID",
            "  iotda-relay deadletters redrive --cancel ID",
            "",
            "Findings (exit code 1): not all of them were, or would be, delivered.",
            "Ctrl-C ends the command, not the redrive (exit code 130).",
            ExitCode.MEANINGS
        })
final class RedriveCommand extends ApiCommand {

    private static final int SECONDS_OF_A_DRY_RUN = 120;
    private static final int MOST_SHOWN = 10;
    private static final String PATH = "/deadletters/redrive";

    @Mixin
    private final LetterFilter filter = new LetterFilter();

    @Option(
            names = "--positions",
            paramLabel = "LIST",
            description = "Only these: TOPIC-PARTITION-OFFSET, with commas between.")
    private @Nullable String positions;

    @Option(
            names = "--only-if-nothing-newer",
            description =
                    "Only where nothing newer of the device was delivered: a late value overwrites the device shadow.")
    private boolean onlyIfNothingNewer;

    @Option(
            names = "--per-second",
            paramLabel = "N",
            description = "At most so many a second; by default as the relay is configured.")
    private @Nullable Integer perSecond;

    @Option(names = "--most", paramLabel = "N", description = "At most so many, from 1 to 100,000; by default 10,000.")
    private @Nullable Integer most;

    @Option(names = "--dry-run", description = "Only show what it would do.")
    private boolean dryRun;

    @Option(names = "--yes", description = "Do not ask.")
    private boolean yes;

    @Option(names = "--follow", paramLabel = "ID", description = "Show how far a redrive is, until it ends.")
    private @Nullable String follow;

    @Option(names = "--cancel", paramLabel = "ID", description = "End a redrive; what is under way is delivered.")
    private @Nullable String cancel;

    RedriveCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int ask(RelayApi api) throws UsageException {
        if (cancel != null) {
            return cancel(api, cancel);
        }
        if (follow != null) {
            return new RedriveFollower(this, api, Paths.name(follow), follow).run();
        }
        if (options().json() && !dryRun && !yes) {
            throw new UsageException("--json needs --dry-run or --yes");
        }
        Instant now = terminal().clock().instant();
        Answer tried = api.post(PATH, order(true, now), options().patience(SECONDS_OF_A_DRY_RUN));
        if (dryRun) {
            return show(api, tried, RedriveCommand::judge, answer -> print(answer.path("result")));
        }
        if (!(tried instanceof Answer.Given given) || judge(given.json()) == ExitCode.NOT_UNDERSTOOD) {
            return failed(api, tried);
        }
        JsonNode result = given.json().path("result");
        if (!options().json()) {
            print(result);
            terminal().out().flush();
        }
        if (toSend(result) == 0) {
            if (options().json()) {
                print(given);
            }
            return judge(given.json());
        }
        return yes ? start(api, now) : confirmed(result) ? start(api, now) : declined();
    }

    private int declined() {
        tell(
                terminal().isInteractive()
                        ? "Nothing was sent."
                        : "Nothing was sent: there is no terminal to ask on. See --yes and --dry-run.");
        return terminal().isInteractive() ? ExitCode.FINDINGS : ExitCode.USAGE;
    }

    private boolean confirmed(JsonNode result) {
        if (!terminal().isInteractive()) {
            return false;
        }
        terminal()
                .err()
                .print("redrive " + Fields.number(toSend(result)) + " records of "
                        + SafeText.line(Fields.text(result, "devices")) + " devices? type the number: ");
        terminal().err().flush();
        try {
            String typed = terminal().in().readLine();
            return typed != null && typed.strip().replace(",", "").equals(Long.toString(toSend(result)));
        } catch (IOException e) {
            return false;
        }
    }

    private ObjectNode order(boolean dry, Instant now) {
        ObjectNode order = Json.object();
        filter.into(order, now);
        if (filter.isEmpty() && positions == null) {
            order.put("all", true);
        }
        if (positions != null) {
            order.put("positions", positions);
        }
        if (onlyIfNothingNewer) {
            order.put("onlyIfNothingNewer", true);
        }
        if (perSecond != null) {
            order.put("perSecond", perSecond);
        }
        if (most != null) {
            order.put("most", most);
        }
        order.put("dryRun", dry);
        return order;
    }

    private int start(RelayApi api, Instant now) throws UsageException {
        Answer started = api.post(PATH, order(false, now), options().patience());
        if (!(started instanceof Answer.Given given) || !given.json().path("id").isString()) {
            if (started instanceof Answer.Silent) {
                tell("It is not known whether the redrive has begun: look at /actuator/deadletters/redrives");
            }
            return failed(api, started);
        }
        String id = given.json().path("id").asString("");
        return new RedriveFollower(this, api, Paths.name(id), id).run();
    }

    private int cancel(RelayApi api, String id) {
        return show(
                api,
                api.post(
                        "/deadletters/cancel",
                        Json.object().put("id", id),
                        options().patience()),
                answer -> answer.path("state").isString() ? ExitCode.FINE : ExitCode.NOT_UNDERSTOOD,
                answer -> screen().text("Redrive " + id + ": " + Fields.text(answer, "state")));
    }

    /** How many are going to be sent, as far as is known. */
    private long toSend(JsonNode result) {
        long left = Fields.count(result, "overLimit") + Fields.count(result, "withoutOrigin");
        long newer = onlyIfNothingNewer
                ? Fields.count(result, "olderThanDelivered") + Fields.count(result, "notKnownIfOlder")
                : 0;
        return Math.max(0, Fields.count(result, "found") - left - newer);
    }

    private static int judge(JsonNode answer) {
        JsonNode result = answer.path("result");
        if (!result.path("found").isIntegralNumber()) {
            return ExitCode.NOT_UNDERSTOOD;
        }
        return Fields.members(result.path("wouldFail")).isEmpty()
                        && Fields.count(result, "overLimit") == 0
                        && Fields.count(result, "withoutOrigin") == 0
                        && result.path("complete").asBoolean(true)
                ? ExitCode.FINE
                : ExitCode.FINDINGS;
    }

    private void print(JsonNode result) {
        Screen screen = screen();
        line(screen, "found              ", Fields.text(result, "found"), Tone.PLAIN);
        line(screen, "already redriven   ", Fields.text(result, "alreadyRedriven"), Tone.PLAIN);
        line(screen, "too often before   ", Fields.text(result, "overLimit"), Tone.WARNING);
        line(screen, "without an origin  ", Fields.text(result, "withoutOrigin"), Tone.WARNING);
        line(screen, "would fail today   ", Fields.counts(result.path("wouldFail")), Tone.BAD);
        line(screen, "would overwrite    ", older(result), Tone.WARNING);
        line(screen, "devices            ", Fields.text(result, "devices"), Tone.PLAIN);
        Fields.members(result.path("topDevices")).stream()
                .limit(MOST_SHOWN)
                .forEach(each -> screen.text(
                        "                   ",
                        SafeText.line(each.getKey()) + "  " + Fields.text(each.getValue()),
                        Tone.PLAIN));
        if (!result.path("complete").asBoolean(true)) {
            screen.text(
                    "",
                    "Not all dead letters were looked at, only " + Fields.text(result, "scanned")
                            + ": narrow it by --from and --to, or repeat it afterwards.",
                    Tone.WARNING);
        }
        if (toSend(result) == 0) {
            screen.text("There is nothing to send.");
        }
    }

    private static void line(Screen screen, String label, String text, Tone tone) {
        screen.text(label, text, text.equals("0") || text.equals(Fields.NONE) ? Tone.PLAIN : tone);
    }

    private static String older(JsonNode result) {
        return Fields.text(result, "olderThanDelivered") + " newer values in the device shadow; not known of "
                + Fields.text(result, "notKnownIfOlder");
    }
}
