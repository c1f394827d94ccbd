"""What an error of a file or a folder means for people, and what they can do about it."""

import errno
import os

from programs import Words

_FILES = {
    errno.EACCES: (Words("没有权限", "no permission"), Words("请核对权限", "check the permissions")),
    errno.ENOENT: (Words("没有这个文件或文件夹", "no such file or folder"), Words("请核对路径", "check the path")),
    errno.EEXIST: (
        Words("已有同名的文件或文件夹", "a file or folder of this name exists"),
        Words("请换个名称或移开它", "use another name or move it away"),
    ),
    errno.ENOSPC: (Words("磁盘已满", "the disk is full"), Words("请腾出空间后再试", "make room and try again")),
    errno.EISDIR: (
        Words("这是文件夹，不是文件", "this is a folder, not a file"),
        Words("请写明文件名", "name a file"),
    ),
    errno.EROFS: (
        Words("所在磁盘只读", "the disk is read-only"),
        Words("请换个位置", "use another place"),
    ),
}


def words_of_file(error: OSError) -> Words:
    """Say which file or folder could not be read or written, why, and what to do."""
    if error.errno not in _FILES:
        return Words(f"读写出错：{error}", f"reading or writing failed: {error}")
    what, remedy = _FILES[error.errno]
    if error.filename is None:
        return Words(f"读写出错：{what.zh}；{remedy.zh}", f"reading or writing failed: {what.en}; {remedy.en}")
    name = os.fsdecode(error.filename) if isinstance(error.filename, bytes) else error.filename
    return Words(
        f"读写出错：{name}：{what.zh}；{remedy.zh}", f"reading or writing failed: {name}: {what.en}; {remedy.en}"
    )
