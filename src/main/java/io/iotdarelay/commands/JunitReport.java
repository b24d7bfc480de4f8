package io.iotdarelay.commands;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** Writes the results of cases in the form that build servers read. */
final class JunitReport {

    private static final double NANOS = 1e9;

    /**
     * A case that was run.
     *
     * @param differences empty if it passed
     */
    record Result(String name, List<String> differences, long nanos) {}

    private JunitReport() {}

    static void write(Path file, List<Result> results) throws IOException {
        try (Writer writer = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(writer);
            xml.writeStartDocument("UTF-8", "1.0");
            xml.writeStartElement("testsuite");
            xml.writeAttribute("name", "iotda-relay mapping");
            xml.writeAttribute("tests", String.valueOf(results.size()));
            xml.writeAttribute(
                    "failures",
                    String.valueOf(results.stream()
                            .filter(result -> !result.differences().isEmpty())
                            .count()));
            xml.writeAttribute("errors", "0");
            xml.writeAttribute("skipped", "0");
            xml.writeAttribute(
                    "time", seconds(results.stream().mapToLong(Result::nanos).sum()));
            for (Result result : results) {
                write(xml, result);
            }
            xml.writeEndElement();
            xml.writeEndDocument();
            xml.close();
        } catch (XMLStreamException e) {
            throw new IOException(e);
        }
    }

    private static void write(XMLStreamWriter xml, Result result) throws XMLStreamException {
        xml.writeStartElement("testcase");
        xml.writeAttribute("classname", "mapping");
        xml.writeAttribute("name", clean(result.name()));
        xml.writeAttribute("time", seconds(result.nanos()));
        if (!result.differences().isEmpty()) {
            xml.writeStartElement("failure");
            xml.writeAttribute("message", clean(result.differences().getFirst()));
            xml.writeCharacters(clean(String.join("\n", result.differences())));
            xml.writeEndElement();
        }
        xml.writeEndElement();
    }

    /** XML has no place for most control characters, not even escaped. */
    private static String clean(String text) {
        return text.replaceAll("[^\\t\\n\\r\\x20-\\x{d7ff}\\x{e000}-\\x{fffd}\\x{10000}-\\x{10ffff}]", "?");
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.3f", nanos / NANOS);
    }
}
