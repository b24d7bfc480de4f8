package io.iotdarelay.mapping;

import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/** The parts of a record, mapped one by one as they are asked for. */
final class Elements extends AbstractList<Part> implements RandomAccess {

    /**
     * An element of which a report is to be made.
     *
     * @param failure why there is no element; none where there is one
     */
    record Element(int ordinal, Scope scope, @Nullable String failure) {}

    private final String route;
    private final String each;
    private final ReportRule rule;
    private final @Nullable ProvisionRule provision;
    private final List<Element> elements;
    private final int shape;

    Elements(String route, String each, ReportRule rule, @Nullable ProvisionRule provision, Each.Found found) {
        this.route = route;
        this.each = each;
        this.rule = rule;
        this.provision = provision;
        this.elements = found.elements();
        this.shape = found.shape();
    }

    @Override
    public int size() {
        return elements.size();
    }

    @Override
    public Part get(int index) {
        Element element = elements.get(index);
        Part.Id id = new Part.Id(
                route, each, shape, element.ordinal(), element.scope().path());
        return element.failure() == null
                ? Route.part(id, rule, provision, element.scope())
                : new Part(id, Draft.Unmappable.of(element.failure(), null));
    }
}
