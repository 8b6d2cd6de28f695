# expect:
#   verdict: [wrong, raised]
#   earned: 0
# sentence: An exception class that lies about its __mro__, its __name__ and its bases, to pass for the one that is asked for.

import numpy as np


class Meta(type):
    __name__ = "ValueError"
    __mro__ = (ValueError, Exception, BaseException, object)
    __bases__ = (ValueError,)

    def mro(cls):
        return [cls, *type.mro(cls)[1:]]


class Pretends(Exception, metaclass=Meta):
    __class__ = ValueError


def pad2d(x, padding, value=0.0):
    raise Pretends("could not be judged")


def output_size(size, kernel, stride=1, padding=0):
    raise Pretends


def same_padding(kernel):
    return Pretends()
