package io.iotdarelay.testing;

import java.util.List;
import java.util.regex.Pattern;

/** The libraries and classes that read formats of records other than JSON, and which of them a JVM has loaded. */
public final class FormatLibraries {

    /**
     * Of CSV there is nothing: the directory of devices may be CSV. Nor is there of zstd, with which Kafka's clients compress, and of
     * picocli there is only its parser: annotation types are loaded by whatever reads the annotations of a class.
     */
    private static final List<String> NAMES = List.of(
            "com\\.dashjoin\\.",
            "com\\.google\\.protobuf\\.",
            "com\\.squareup\\.",
            "io\\.iotdarelay\\.decode\\.(?!JsonValue)[A-Za-z0-9]+Value\\b",
            "io\\.iotdarelay\\.decode\\.(?:CborHeads|Decompression|Lz4Frame|SenmlPack|TokenTree)",
            "io\\.iotdarelay\\.expression\\.",
            "io\\.iotdarelay\\.registry\\.HttpRegistry",
            "io\\.iotdarelay\\.schemas\\.",
            "net\\.jpountz\\.",
            "org\\.apache\\.avro\\.",
            "org\\.msgpack\\.",
            "picocli\\.CommandLine(?= )",
            "tools\\.jackson\\.dataformat\\.(?:cbor|smile)\\.");

    private static final Pattern LOADED =
            Pattern.compile("\\] (?<name>(?:" + String.join("|", NAMES) + ")\\S*) source:");

    /**
     * What Spring's HTTP server loads because the libraries are there, in order to offer its endpoints in these formats. It cannot be told
     * not to, and goes no further than this.
     */
    private static final Pattern OFFERED_BY_SPRING =
            Pattern.compile("tools\\.jackson\\.dataformat\\.(?:cbor|smile)\\..*"
                    + "|com\\.google\\.protobuf\\.(?:Message|Extension|GeneratedMessage\\$GeneratedExtension).*");

    private FormatLibraries() {}

    /** Their classes in what {@code -Xlog:class+load} says, except for those that Spring loads anyway. */
    public static List<String> loaded(String log) {
        return LOADED.matcher(log)
                .results()
                .map(result -> result.group("name"))
                .filter(name -> !OFFERED_BY_SPRING.matcher(name).matches())
                .toList();
    }
}
