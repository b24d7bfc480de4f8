package io.iotdarelay.commands;

import io.iotdarelay.decode.RecordDecoders;
import io.iotdarelay.mapping.Route;
import io.iotdarelay.settings.SettingsProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Runs mapping tests that are kept as files. */
@Command(
        name = "test",
        description = {
            "Runs mapping tests that are kept as files beside the mapping: a record, and the requests or the dead letter that it becomes.",
            ""
        },
        footer = {
            "",
            "Exit code 0: all cases pass. 1: at least one does not, or there is none. 2: the command line is wrong."
        })
final class TestCommand implements Callable<Integer> {

    private final Settings settings;

    @Mixin
    private final Settings.Common common = new Settings.Common();

    @Parameters(
            arity = "0..1",
            paramLabel = "DIR",
            defaultValue = "mapping-tests",
            description = "A case, or a folder of cases and folders; ${DEFAULT-VALUE} by default.")
    private Path place = Path.of("mapping-tests");

    @Option(names = "--junit", paramLabel = "FILE", description = "Also write a report in JUnit XML.")
    private @Nullable Path junit;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    TestCommand(Settings settings) {
        this.settings = settings;
    }

    @Override
    public Integer call() throws IOException, UsageException {
        List<MappingCase> cases = MappingCase.in(place);
        List<JunitReport.Result> results = new ArrayList<>();
        Optional<Configured> configured =
                cases.stream().allMatch(one -> one.ownRoute().isPresent())
                        ? Optional.empty()
                        : Optional.of(settings.read(common));
        try (Surroundings.Schemas schemas = settings.surroundings().registry().open(settings.arguments(common))) {
            for (MappingCase one : cases) {
                long begin = settings.surroundings().nanoTime().getAsLong();
                List<String> differences = run(one, configured, schemas);
                results.add(new JunitReport.Result(
                        one.name(),
                        differences,
                        settings.surroundings().nanoTime().getAsLong() - begin));
            }
        }
        if (junit != null) {
            JunitReport.write(junit, results);
        }
        print(results);
        boolean passed = !results.isEmpty()
                && results.stream().allMatch(result -> result.differences().isEmpty());
        return passed ? Commands.OK : Commands.FINDINGS;
    }

    private List<String> run(MappingCase one, Optional<Configured> common, RecordDecoders schemas) throws IOException {
        Configured configured = one.ownRoute().isPresent()
                ? settings.surroundings()
                        .configuration()
                        .route(
                                Files.readString(one.ownRoute().get()),
                                one.ownRoute().get().toString(),
                                one.record().position().topic())
                : common.orElseThrow();
        List<SettingsProblem> problems = configured.untried();
        if (!problems.isEmpty()) {
            return problems.stream()
                    .map(problem -> "the mapping is invalid: " + problem)
                    .toList();
        }
        Trial trial = new Trial(configured, Optional.empty(), schemas);
        if (one.route() == null) {
            return one.differences(trial.of(one.record()));
        }
        Optional<Route> route = trial.named(one.route());
        return route.isEmpty()
                ? List.of("there is no route '" + one.route() + "'; there are: " + String.join(", ", trial.names()))
                : one.differences(trial.of(one.record(), route.get()));
    }

    private void print(List<JunitReport.Result> results) {
        var out = settings.surroundings().out();
        long failed = results.stream()
                .filter(result -> !result.differences().isEmpty())
                .count();
        if (json) {
            ObjectNode report = JsonNodeFactory.instance.objectNode();
            report.put("cases", results.size());
            report.put("failed", failed);
            ArrayNode list = report.putArray("results");
            results.forEach(result -> {
                ObjectNode one = list.addObject();
                one.put("name", result.name());
                one.put("passed", result.differences().isEmpty());
                ArrayNode differences = one.putArray("differences");
                result.differences().forEach(differences::add);
            });
            out.println(Shown.PRETTY.writeValueAsString(report));
        } else {
            results.forEach(result -> {
                out.println((result.differences().isEmpty() ? "pass  " : "FAIL  ") + result.name());
                result.differences().forEach(difference -> out.println("      " + difference));
            });
            out.println(
                    results.isEmpty()
                            ? "there is no case in " + place
                            : results.size() + (results.size() == 1 ? " case, " : " cases, ") + failed + " failed");
        }
        out.flush();
    }
}
