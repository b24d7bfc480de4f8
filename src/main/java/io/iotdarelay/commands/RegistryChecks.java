package io.iotdarelay.commands;

import io.iotdarelay.commands.Finding.Rule;
import io.iotdarelay.decode.Decoding;
import io.iotdarelay.decode.Encoding;
import io.iotdarelay.decode.RecordDecoder;
import io.iotdarelay.mapping.Routes;
import io.iotdarelay.telemetry.SourceRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Whether the schema registry answers, and has the schemas of the last records of those topics whose routes need one.
 */
final class RegistryChecks {

    private static final String PATH = "relay.registry.url";
    private static final int SAMPLE = 20;

    private final Surroundings.Schemas schemas;
    private final Optional<Configured.Place> place;
    private final List<Finding> findings = new ArrayList<>();

    /** Reads the last records of a topic. */
    @FunctionalInterface
    interface Source {
        TopicReader.Reading last(String topic, int count, Duration atMost);
    }

    RegistryChecks(Surroundings.Schemas schemas, Function<String, Optional<Configured.Place>> places) {
        this.schemas = schemas;
        this.place = places.apply(PATH).or(() -> places.apply(PATH + "[0]"));
    }

    /**
     * All of it. A topic that cannot be read is for the checks of Kafka to report; then the others are not read either. Topics of a pattern
     * are not looked for.
     */
    List<Finding> all(Routes routes, Source topics, Duration atMost) {
        List<String> trouble = schemas.ask();
        trouble.forEach(why -> add(Finding.error(Rule.REGISTRY, PATH, why)));
        if (trouble.isEmpty()) {
            patterns(routes);
            for (Map.Entry<String, Set<Encoding>> topic : topics(routes).entrySet()) {
                if (!(topics.last(topic.getKey(), SAMPLE, atMost) instanceof TopicReader.Reading.Read read)) {
                    break;
                }
                topic.getValue().forEach(encoding -> records(topic.getKey(), schemas.of(encoding), read.records()));
            }
        }
        return List.copyOf(findings);
    }

    private void add(Finding finding) {
        findings.add(finding.at(place));
    }

    private void patterns(Routes routes) {
        for (Routes.ByPattern each : routes.patterns()) {
            if (each.routes().stream()
                    .anyMatch(route -> route.encoding().format().needsSchema())) {
                add(Finding.warning(
                        Rule.REGISTRY,
                        PATH,
                        "the schemas of route " + each.route().name()
                                + " were not looked up, for a pattern finds its topics: try --topic does it"));
            }
        }
    }

    private static Map<String, Set<Encoding>> topics(Routes routes) {
        Map<String, Set<Encoding>> topics = new LinkedHashMap<>();
        routes.topics()
                .keySet()
                .forEach(topic -> routes.of(topic).forEach(route -> {
                    if (route.encoding().format().needsSchema()) {
                        topics.computeIfAbsent(topic, unused -> new LinkedHashSet<>())
                                .add(route.encoding());
                    }
                }));
        return topics;
    }

    private void records(String topic, RecordDecoder decoder, List<SourceRecord> records) {
        Map<String, Integer> wrong = new LinkedHashMap<>();
        int asked = 0;
        for (SourceRecord record : records) {
            byte[] value = record.value();
            if (value != null && value.length > 0) {
                asked++;
                switch (decoder.decode(record)) {
                    case Decoding.Decoded ignored -> {}
                    case Decoding.Undecodable undecodable -> wrong.merge(undecodable.detail(), 1, Integer::sum);
                    case Decoding.Awaiting awaiting -> wrong.merge(awaiting.detail(), 1, Integer::sum);
                }
            }
        }
        for (Map.Entry<String, Integer> one : wrong.entrySet()) {
            String message = one.getValue() + " of the last " + asked + " records of topic " + topic
                    + " cannot be read: " + one.getKey();
            add(
                    one.getValue() == asked
                            ? Finding.error(Rule.REGISTRY, PATH, message)
                            : Finding.warning(Rule.REGISTRY, PATH, message));
        }
    }
}
