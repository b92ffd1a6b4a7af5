# SPDX-License-Identifier: BSD-2-Clause

package CricketProto;

# Bodies of protobuf and snappy, for the tests of formats that have them.
#
# message(NUMBER => VALUE...) encodes fields in this order: a VALUE that is a
# number is a varint, [d => N] a double, [x => N] a fixed64, [z => N] zigzag,
# [s => BYTES] a string or message, [p => N...] packed varints. snappy(BYTES) is
# its block format, all of it literal. fields(BYTES) decodes what answers have:
# number => value, the last one of each.
#
# otlp(ATTRIBUTES, METRIC...) is a request with one resource, gauge(NAME, VALUE,
# TIME, ATTRIBUTES) one of its metrics; attributes are [KEY => VALUE...] of
# strings. write_request([LABELS, [VALUE, MILLISECONDS]...]...) is one of remote
# write 1.0, and write_request_2() the same of 2.0, the type as the last one of
# LABELS, by the key ''.

use strict;
use warnings;

use Exporter qw(import);

our @EXPORT = qw(message snappy fields otlp gauge metric datapoint
                 write_request write_request_2);


sub varint {
    my ($n) = @_;

    my $bytes = '';

    while ($n > 0x7f) {
        $bytes .= chr($n & 0x7f | 0x80);
        $n >>= 7;
    }

    return $bytes . chr $n;
}


sub message {
    my @fields = @_;

    my $bytes = '';

    while (my ($number, $value) = splice @fields, 0, 2) {
        my ($how, @values) = ref $value ? @$value : (v => $value);

        if ($how eq 'v') {
            $bytes .= varint($number << 3) . varint($values[0]);

        } elsif ($how eq 'z') {
            my $n = $values[0];
            $bytes .= varint($number << 3)
                      . varint($n < 0 ? -2 * $n - 1 : 2 * $n);

        } elsif ($how eq 'd') {
            $bytes .= varint($number << 3 | 1) . pack 'd<', $values[0];

        } elsif ($how eq 'x') {
            $bytes .= varint($number << 3 | 1) . pack 'q<', $values[0];

        } else {
            my $inside = $how eq 'p' ? join('', map { varint($_) } @values)
                                     : $values[0];
            $bytes .= varint($number << 3 | 2) . varint(length $inside)
                      . $inside;
        }
    }

    return $bytes;
}


sub snappy {
    my ($bytes) = @_;

    my $packed = varint(length $bytes);

    while (length $bytes) {
        my $piece = substr $bytes, 0, 65536, '';
        $packed .= chr(61 << 2) . pack('v', length($piece) - 1) . $piece;
    }

    return $packed;
}


sub fields {
    my ($bytes) = @_;

    my %field;

    my $number = sub {
        my ($n, $shift) = (0, 0);

        while (length $bytes) {
            my $byte = ord substr $bytes, 0, 1, '';
            $n |= ($byte & 0x7f) << $shift;
            last if $byte < 0x80;
            $shift += 7;
        }

        return $n;
    };

    while (length $bytes) {
        my $tag = $number->();
        my $n = $number->();

        die "wire type of $tag" if ($tag & 7) != 0 && ($tag & 7) != 2;
        die 'too short' if ($tag & 7) == 2 && $n > length $bytes;
        $field{$tag >> 3} = ($tag & 7) == 2 ? substr($bytes, 0, $n, '') : $n;
    }

    return \%field;
}


sub attributes {
    my ($number, $attributes) = @_;

    my @pairs = @{ $attributes // [] };
    my @fields;

    while (my ($key, $value) = splice @pairs, 0, 2) {
        push @fields, $number => [s => message(
            1 => [s => $key], 2 => [s => ref $value ? message(@$value)
                                         : message(1 => [s => $value])])];
    }

    return @fields;
}


# a NumberDataPoint
sub datapoint {
    my ($value, $time, $attributes, @more) = @_;

    return message(attributes(7, $attributes), 3 => [x => $time],
                   4 => [d => $value], @more);
}


# a Metric, whose data is the field and its messages, and more fields of it
sub metric {
    my ($name, $field, $points, @more) = @_;

    return message(1 => [s => $name], $field => [s => message(
        (map { (1 => [s => $_]) } @$points), @more)]);
}


sub gauge {
    my ($name, $value, $time, $attributes) = @_;

    return metric($name, 5, [datapoint($value, $time, $attributes)]);
}


sub otlp {
    my ($attributes, @metrics) = @_;

    return message(1 => [s => message(
        1 => [s => message(attributes(1, $attributes))],
        2 => [s => message(map { (2 => [s => $_]) } @metrics)])]);
}


sub write_request {
    my @series = @_;

    return message(map {
        my ($labels, @samples) = @$_;
        my @pairs = @$labels;
        my @fields;

        while (my ($key, $value) = splice @pairs, 0, 2) {
            push @fields, 1 => [s => message(1 => [s => $key],
                                             2 => [s => $value])];
        }

        push @fields, 2 => [s => message(1 => [d => $_->[0]], 2 => $_->[1])]
            for @samples;

        (1 => [s => message(@fields)]);
    } @series);
}


sub write_request_2 {
    my @series = @_;

    my (@symbols, %place);

    my $ref = sub {
        my ($symbol) = @_;

        if (!exists $place{$symbol}) {
            $place{$symbol} = @symbols;
            push @symbols, $symbol;
        }

        return $place{$symbol};
    };

    $ref->('');

    my @fields = map {
        my ($labels, @samples) = @$_;
        my @pairs = @$labels;
        my $type = $pairs[-2] eq '' ? (splice @pairs, -2)[1] : 0;

        (5 => [s => message(
            1 => [p => map { $ref->($_) } @pairs],
            (map { (2 => [s => message(1 => [d => $_->[0]], 2 => $_->[1])]) }
                 @samples),
            5 => [s => message(1 => $type)])]);
    } @series;

    return message((map { (4 => [s => $_]) } @symbols), @fields);
}


1;
