package io.iotdarelay.client;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** Lists dead letters. */
@Command(
        name = "list",
        description = {"Lists dead letters, the newest first.", ""},
        footer = {
            "",
            "Examples:",
            "  iotda-relay deadletters list --reason device-rejected --from 2026-12-01T00:00:00Z",
            "  iotda-relay deadletters list --device meter-1 --json | jq -r '.letters[].position'",
            "",
            "Findings (exit code 1): there are some.",
            ExitCode.MEANINGS
        })
final class DeadLettersListCommand extends ApiCommand {

    private static final int MOST = 500;

    @Mixin
    private final LetterFilter filter = new LetterFilter();

    @Option(names = "--limit", paramLabel = "N", description = "At most so many, from 1 to 500; by default 50.")
    private @Nullable Integer limit;

    @Option(names = "--before", paramLabel = "WHERE", description = "The next page: what the page before said.")
    private @Nullable String before;

    DeadLettersListCommand(Terminal terminal) {
        super(terminal);
    }

    @Override
    int ask(RelayApi api) throws UsageException {
        if (limit != null && (limit < 1 || limit > MOST)) {
            throw new UsageException("--limit is from 1 to " + MOST);
        }
        Query query =
                filter.into(new Query("/deadletters")).with("limit", limit).with("before", before);
        return show(api, api.get(query.toString(), options().patience()), DeadLettersListCommand::judge, this::print);
    }

    private static int judge(JsonNode answer) {
        if (!answer.path("letters").isArray()) {
            return ExitCode.NOT_UNDERSTOOD;
        }
        return answer.path("letters").isEmpty() ? ExitCode.FINE : ExitCode.FINDINGS;
    }

    private void print(JsonNode answer) {
        Screen screen = screen();
        Table table = new Table(1, "POSITION", "WRITTEN", "REASON", "ROUTE", "DEVICE", "REDRIVES", "DETAIL");
        for (JsonNode each : Fields.list(answer, "letters")) {
            table.row(
                    Fields.text(each, "position"),
                    Fields.moment(each, "at"),
                    Fields.text(each, "reason"),
                    Fields.text(each, "route"),
                    Fields.text(each, "deviceId"),
                    Fields.text(each, "redrives"),
                    Fields.text(each, "detail"));
        }
        boolean more = answer.path("more").asBoolean(false);
        if (table.isEmpty()) {
            screen.text(
                    more
                            ? "None among the last " + Fields.text(answer, "scanned") + " that were looked at."
                            : "There is no such dead letter.");
        }
        table.print(screen);
        if (more) {
            screen.text("There are more: --before " + Fields.text(answer, "before"));
        }
    }
}
